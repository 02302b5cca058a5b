// The list when nothing is open: not an empty page, but what is going on.
import { MachineLine } from "./machine-line.tsx";
import { machineKey, type PlantReply } from "./plant-reply.ts";

export function QuietPlant({ plant }: { plant: PlantReply }) {
  return (
    <section class="card plain">
      <strong>{plant.headline}</strong>
      {plant.machines.length === 0 && (
        <p>
          As soon as an agent connects, its machines appear here. Start one with <code>millwright-agent run --config agent.yaml</code>;{" "}
          <code>millwright-agent check</code> finds mistakes in its file.
        </p>
      )}
      <ul class="lines">
        {plant.machines.map((machine) => (
          <li class="line" key={machineKey(machine)}>
            <MachineLine machine={machine} nowMs={plant.now_ms} />
          </li>
        ))}
      </ul>
    </section>
  );
}
