import { counted } from "@millwright/kit/counted";
import type { AgentCard, DeadLetterCard } from "../../src/fleet/read-fleet.ts";
import type { MachineRecord } from "../../src/verdicts/model-records.ts";
import { ageText } from "./age-text.ts";
import type { AgentsReply } from "./agents-reply.ts";
import { FirstAgent } from "./first-agent.tsx";
import { MachineLine } from "./machine-line.tsx";
import { ModelRecord } from "./model-record.tsx";
import { ModelTickets } from "./model-tickets.tsx";
import { Notice } from "./notice.tsx";
import { machineKey, type PlantReply } from "./plant-reply.ts";
import { RelearnAction } from "./relearn-action.tsx";
import { usePoll } from "./use-poll.ts";
import { useTitle } from "./use-title.ts";
import { WaitAction } from "./wait-action.tsx";

export function MachineList() {
  const machines = usePoll<PlantReply>("/api/machines");
  useTitle("Machines");
  const models = usePoll<{ machines: MachineRecord[] }>("/api/models", 30_000);
  const records = new Map(models.data?.machines.map((record) => [machineKey(record), record]));
  const agents = usePoll<AgentsReply>("/api/agents");
  const refused = usePoll<{ dead_letters: DeadLetterCard[]; total: number; now_ms: number }>("/api/dead-letters", 10_000);
  return (
    <>
      <h1>Machines</h1>
      <Notice text={machines.error} />
      {machines.data === null && machines.error === null && <p class="soft">Loading …</p>}
      {machines.data !== null && <p class={machines.data.silence === null ? "headline" : "notice"}>{machines.data.headline}</p>}
      {machines.data !== null && machines.data.machines.length > 0 && (
        <section class="card plain">
          <ul class="lines">
            {machines.data.machines.map((machine) => {
              const record = records.get(machineKey(machine));
              return (
                <li class="line" key={machineKey(machine)}>
                  <MachineLine machine={machine} nowMs={machines.data?.now_ms ?? 0} />
                  {record !== undefined && <ModelRecord record={record} />}
                  <WaitAction machine={machine} nowMs={machines.data?.now_ms ?? 0} />
                  {machine.ticket === null && (
                    <RelearnAction machine={machine} text="Serviced: learn its normal again" onAsked={machines.refresh} />
                  )}
                </li>
              );
            })}
          </ul>
        </section>
      )}
      <ModelTickets />
      {agents.data !== null && <h2>Boxes</h2>}
      {agents.data?.agents.length === 0 && (
        <section class="card plain">
          <FirstAgent broker={agents.data.broker} />
        </section>
      )}
      {agents.data !== null && agents.data.agents.length > 0 && (
        <section class="card plain">
          <ul class="lines">
            {agents.data.agents.map((agent) => (
              <AgentLine key={`${agent.tenant}/${agent.agent}`} agent={agent} nowMs={agents.data?.now_ms ?? 0} />
            ))}
          </ul>
        </section>
      )}
      {refused.data !== null && refused.data.dead_letters.length > 0 && (
        <Refused letters={refused.data.dead_letters} total={refused.data.total} nowMs={refused.data.now_ms} />
      )}
    </>
  );
}

function AgentLine({ agent, nowMs }: { agent: AgentCard; nowMs: number }) {
  const { agent: name, status, version, outbox_waiting: waiting, outbox_dropped: dropped, seen_ms } = agent;
  return (
    <li class="line">
      <span class="line-top">
        <strong>{name}</strong>
        <span class={status === "online" ? "good whole" : "soft whole"}>{status === "online" ? "● online" : "○ offline"}</span>
      </span>
      <span class="soft">
        {version === null ? "" : `version ${version} · `}
        {counted(waiting, "record")} waiting · {dropped === 0 ? "nothing lost" : `${counted(dropped, "row")} of telemetry dropped`} · seen{" "}
        {ageText(seen_ms, nowMs)}
      </span>
      {status !== "online" && (
        <span>
          Look at its power and its network; on the box, <code>npx millwright-agent status</code> says what is wrong.
        </span>
      )}
    </li>
  );
}

const lettersShown = 20;

function Refused({ letters, total, nowMs }: { letters: DeadLetterCard[]; total: number; nowMs: number }) {
  return (
    <details>
      <summary>{counted(total, "refused message")}</summary>
      <ul class="lines">
        {letters.slice(0, lettersShown).map(({ no, topic, reason, wall_ms }) => (
          <li key={no} class="line">
            <span class="wrap">{topic}</span>
            <span class="soft wrap">
              {reason} · {ageText(wall_ms, nowMs)}
            </span>
          </li>
        ))}
      </ul>
      {total > lettersShown && <p class="soft">The newest {lettersShown} are listed.</p>}
    </details>
  );
}
