// The list when nothing is open: not an empty page, but what is going on.
import type { MachineCard } from "../../src/fleet/read-fleet.ts";
import { MachineLine } from "./machine-line.tsx";
import { usePoll } from "./use-poll.ts";

export function QuietPlant() {
  const { data } = usePoll<{ machines: MachineCard[]; now_ms: number }>("/api/machines");
  if (data === null) return null;
  if (data.machines.length === 0) {
    return (
      <section class="card plain">
        <strong>No machine has reported yet.</strong>
        <p>
          As soon as an agent connects, its machines appear here. Start one with <code>millwright-agent run --config agent.yaml</code>;{" "}
          <code>millwright-agent check</code> finds mistakes in its file.
        </p>
      </section>
    );
  }
  const learning = data.machines.filter(({ phase }) => phase === "learning").length;
  return (
    <section class="card plain">
      <strong>
        {learning === 0
          ? "All quiet. No machine needs you."
          : learning === data.machines.length
            ? "Learning what is normal. Tickets can come after that."
            : "All quiet. Some machines are still learning what is normal."}
      </strong>
      <ul class="lines">
        {data.machines.map((machine) => (
          <MachineLine key={`${machine.tenant}/${machine.machine.site}/${machine.machine.name}`} machine={machine} nowMs={data.now_ms} />
        ))}
      </ul>
    </section>
  );
}
