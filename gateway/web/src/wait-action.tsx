// What if the work waits until Friday at half load? One tap opens the question, one answers it. The gateway has the words.
import { useState } from "preact/hooks";
import type { MachineCard } from "../../src/fleet/read-machines.ts";
import type { WaitPlan } from "../../src/tickets/wait-plan.ts";
import { callApi } from "./call-api.ts";
import { Notice } from "./notice.tsx";

type Props = { machine: Pick<MachineCard, "tenant" | "machine" | "forecast" | "silent">; nowMs: number };

export function WaitAction({ machine, nowMs }: Props) {
  const [isAsking, setAsking] = useState(false);
  const life = machine.forecast?.remaining_life;
  if (life === undefined || life.status === "unavailable" || machine.silent !== null) return null;
  if (!isAsking)
    return (
      <button type="button" class="second" onClick={() => setAsking(true)}>
        What if the work waits?
      </button>
    );
  return <Question machine={machine} nowMs={nowMs} isInCycles={life.unit === "cycles"} onEnd={() => setAsking(false)} />;
}

const loads = [
  { share: 1, text: "as now" },
  { share: 0.75, text: "three quarters of now" },
  { share: 0.5, text: "half of now" },
  { share: 0.25, text: "a quarter of now" },
  { share: 0, text: "none: it stands still" },
];

function Question({ machine, nowMs, isInCycles, onEnd }: Props & { isInCycles: boolean; onEnd: () => void }) {
  const { site, name } = machine.machine;
  const [load, setLoad] = useState("0.5");
  const [until, setUntil] = useState(() => localText(nextFriday(nowMs)));
  const [cycles, setCycles] = useState("10");
  const [plan, setPlan] = useState<WaitPlan | null>(null);
  const [error, setError] = useState<string | null>(null);
  const ask = (event: SubmitEvent): void => {
    event.preventDefault();
    const when: Record<string, string> = isInCycles ? { cycles } : { until_ms: String(new Date(until).getTime()) };
    const query = new URLSearchParams({ tenant: machine.tenant, site, name, load, ...when });
    setError(null);
    callApi<{ plan: WaitPlan }>(`/api/machines/wait?${query}`).then(
      (answer) => setPlan(answer.plan),
      (failure: Error) => {
        setPlan(null);
        setError(failure.message);
      },
    );
  };
  return (
    <form class="inset" aria-label={`What if the work on ${name} waits`} onSubmit={ask} onInput={() => setPlan(null)}>
      {isInCycles ? (
        <label>
          It runs so many more cycles
          <input
            type="number"
            required
            min={1}
            step={1}
            inputMode="numeric"
            value={cycles}
            onInput={(e) => setCycles(e.currentTarget.value)}
          />
        </label>
      ) : (
        <label>
          The work waits until
          <input type="datetime-local" required value={until} onInput={(e) => setUntil(e.currentTarget.value)} />
        </label>
      )}
      <label>
        Its load until then
        <select value={load} onChange={(e) => setLoad(e.currentTarget.value)}>
          {loads.map(({ share, text }) => (
            <option key={share} value={share}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <Notice text={error} />
      {plan !== null && (
        <div role="status">
          <p>{plan.text}</p>
          <p class="soft">{plan.basis}</p>
        </div>
      )}
      <button type="submit" class="main">
        What then?
      </button>
      <button type="button" class="quiet" onClick={onEnd}>
        Close
      </button>
    </form>
  );
}

/** 17:00 where the reader is. On a Friday that of the week after. */
function nextFriday(nowMs: number): Date {
  const friday = new Date(nowMs);
  friday.setDate(friday.getDate() + ((5 - friday.getDay() + 6) % 7) + 1);
  friday.setHours(17, 0, 0, 0);
  return friday;
}

/** As a field of date and time takes it. */
const localText = (time: Date): string => new Date(time.getTime() - 60_000 * time.getTimezoneOffset()).toISOString().slice(0, 16);
