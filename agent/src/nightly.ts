// Once a night each machine's model is reported on, one machine after the other. Guarded as kit/src/daily.ts says; the last night is kept in the
// outbox, so that a restart reports no night twice and a missed one once.
import type { Clock } from "@millwright/kit/clock";
import { startDaily } from "@millwright/kit/daily";
import { messageOf } from "@millwright/kit/fault";
import type { Outbox } from "./outbox/outbox.ts";
import type { Pipeline } from "./pipeline-options.ts";

/** No machine has this key: keys have a site, a slash and a name. */
const scheduleKey = "#nightly";

export type NightlyOptions = {
  outbox: Pick<Outbox, "machineState" | "commit">;
  pipelines: readonly Pick<Pipeline, "reportModel">[];
  clock: Pick<Clock, "wallMs">;
  warn: (text: string) => void;
};

export function startNightly({ outbox, pipelines, clock, warn }: NightlyOptions): { close(): Promise<void> } {
  return startDaily({
    wallMs: () => clock.wallMs(),
    async run() {
      for (const pipeline of pipelines) await pipeline.reportModel();
    },
    async lastRunMs() {
      const json = await outbox.machineState(scheduleKey);
      return json === null ? null : (JSON.parse(json) as { last_run_ms: number }).last_run_ms;
    },
    async noteRun(atMs) {
      await outbox.commit({ states: [{ machine: scheduleKey, json: JSON.stringify({ last_run_ms: atMs }) }] });
    },
    onFailed: (error) => warn(`nightly report: ${messageOf(error)}; it is tried again`),
  });
}
