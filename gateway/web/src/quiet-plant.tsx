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
  const watched = data.machines.filter(({ level }) => level !== "normal").length;
  return (
    <section class="card plain">
      <strong>{headline(data.machines.length, learning, watched)}</strong>
      <ul class="lines">
        {data.machines.map((machine) => (
          <MachineLine key={`${machine.tenant}/${machine.machine.site}/${machine.machine.name}`} machine={machine} nowMs={data.now_ms} />
        ))}
      </ul>
    </section>
  );
}

function headline(machines: number, learning: number, watched: number): string {
  if (watched > 0)
    return `No open ticket. ${watched === 1 ? "One machine is" : `${watched} machines are`} not quite normal and being watched.`;
  if (learning === 0) return "All quiet. No machine needs you.";
  return learning === machines
    ? "Learning what is normal. Tickets can come after that."
    : "All quiet. Some machines are still learning what is normal.";
}
