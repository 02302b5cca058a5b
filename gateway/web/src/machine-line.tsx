import type { MachineCard } from "../../src/fleet/read-fleet.ts";
import { ageText } from "./age-text.ts";
import { LevelMark } from "./level-mark.tsx";

export function MachineLine({ machine, nowMs }: { machine: MachineCard; nowMs: number }) {
  const {
    machine: { name },
    place,
    phase,
    readiness,
    missing,
    level,
    level_text,
    score,
    row_ms,
    ticket,
  } = machine;
  const percent = Math.floor(readiness * 100);
  return (
    <li class="line">
      <span class="line-top">
        <span>
          <strong>{name}</strong> <span class="soft">{place}</span>
        </span>
        {phase === "learning" ? (
          <span class="soft">learning {percent} %</span>
        ) : phase === "unavailable" ? (
          <span class="soft">no model</span>
        ) : (
          <LevelMark level={level} text={level_text} />
        )}
      </span>
      {phase === "learning" && <progress max={100} value={percent} aria-label={`Readiness of ${name}`} />}
      <span class="soft">
        {phase === "learning" && missing !== null
          ? missing
          : score === null
            ? "no score"
            : `score ${score.toFixed(2)} of the watch limit 1`}
        {row_ms !== null && ` · last row ${ageText(row_ms, nowMs)}`}
        {ticket !== null && (
          <>
            {" "}
            · <a href={`#/ticket/${ticket}`}>{ticket}</a>
          </>
        )}
      </span>
    </li>
  );
}
