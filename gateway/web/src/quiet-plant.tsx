// The list when nothing is open: not an empty page, but what is going on.
import type { AgentsReply } from "./agents-reply.ts";
import { FirstAgent } from "./first-agent.tsx";
import { MachineLine } from "./machine-line.tsx";
import { machineKey, type PlantReply } from "./plant-reply.ts";
import { usePoll } from "./use-poll.ts";

export function QuietPlant({ plant }: { plant: PlantReply }) {
  const agents = usePoll<AgentsReply>("/api/agents");
  return (
    <section class="card plain">
      <strong>{plant.headline}</strong>
      {plant.machines.length === 0 && agents.data?.agents.length === 0 && <FirstAgent broker={agents.data.broker} />}
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
