import type { MachineCard } from "../../src/fleet/read-machines.ts";
import { silenceText } from "./silence-text.ts";

/** The machine at this moment, below what its ticket says of then. */
export function MachineNow({ machine, nowMs }: { machine: MachineCard; nowMs: number }) {
  const { silent, answered, level_text, score_text } = machine;
  if (silent !== null) return <p class="notice">{silenceText(silent, nowMs)}</p>;
  return (
    <p class="soft">
      Now <b>{level_text.toLowerCase()}</b>
      {score_text === null ? "" : `, ${score_text}`}
      {answered === null ? "" : `; ${answered.text}`}.
    </p>
  );
}
