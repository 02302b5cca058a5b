// A question about a machine's future as a page or a program asks it, and its answer: what if the work waits.
import * as v from "valibot";
import type { Store } from "../store/store.ts";
import { planWait, type WaitPlan } from "../tickets/wait-plan.ts";
import { type MachineCard, readMachine } from "./read-machines.ts";

const number = (least: number, most: number, hint: string) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+(\.\d+)?$/, hint),
    v.transform(Number),
    v.check((value) => value >= least && value <= most, hint),
  );

/** In a query. `until_ms` for forecasts in time, `cycles` for those in cycles. */
export const WaitQuestion = v.strictObject({
  tenant: v.optional(v.string(), "default"),
  site: v.string(),
  name: v.string(),
  load: number(0, 10, "must be a share of the load of now, 0 (stands still) to 10"),
  until_ms: v.optional(number(0, 1e15, "must be a time in ms since 1970")),
  cycles: v.optional(number(1, 1e9, "must be 1 or more")),
});
export type WaitQuestion = v.InferOutput<typeof WaitQuestion>;

export type WaitAnswer =
  | { readonly outcome: "unknown" }
  | { readonly outcome: "no_answer"; readonly message: string }
  | { readonly outcome: "answered"; readonly plan: WaitPlan };

export async function askWait(store: Store, { tenant, site, name, load, ...when }: WaitQuestion, nowMs: number): Promise<WaitAnswer> {
  const machine = await readMachine(store, { tenant, site, machine: name }, nowMs);
  if (machine === null) return { outcome: "unknown" };
  const duration = durationOf(machine, when, nowMs);
  if (typeof duration === "string") return { outcome: "no_answer", message: duration };
  const plan = machine.forecast === null ? null : planWait(machine.forecast, { duration, load });
  return plan === null ? { outcome: "no_answer", message: noForecastText(machine) } : { outcome: "answered", plan };
}

const noForecastText = ({ forecast, machine: { name } }: MachineCard): string => forecast?.text ?? `Nothing is forecast of ${name}.`;

/** In the unit of the forecast; or why it cannot be asked. */
function durationOf(machine: MachineCard, { until_ms: untilMs, cycles }: Pick<WaitQuestion, "until_ms" | "cycles">, nowMs: number) {
  const life = machine.forecast?.remaining_life;
  if (life === undefined || life.status === "unavailable") return noForecastText(machine);
  if (machine.silent !== null) return `Nobody hears ${machine.machine.name} now: ${machine.silent.text}. Its forecast is old.`;
  if (life.unit === "cycles") return cycles ?? "This machine is counted in cycles: say for how many more it shall run (cycles).";
  if (untilMs === undefined) return "Say until when the work waits (until_ms).";
  return untilMs > nowMs ? untilMs - nowMs : "The time until which the work waits must lie ahead.";
}
