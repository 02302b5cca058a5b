// scenario.yaml: which simulated machines stand in the plant, where they are on the wire, and what will go wrong with them.
// All durations are machine time; second 0 of a machine is its first poll.
import { duration } from "@millwright/contract/duration";
import { MachineName } from "@millwright/contract/names";
import * as v from "valibot";
import { ailmentKinds } from "./machines/ailment.ts";

const Whole = (low: number, high: number) => {
  const message = `must be a whole number from ${low} to ${high}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(low, message), v.maxValue(high, message));
};

export const ScenarioAilment = v.strictObject({
  kind: v.picklist(ailmentKinds),
  at: duration({ min: "0s", max: "3650d" }),
  /** From nothing to fully grown. */
  grows_over: duration({ min: "1s", max: "3650d" }),
});

export const ScenarioMachine = v.strictObject({
  kind: v.picklist(["centrifugal-pump"]),
  unit: Whole(1, 247),
  /** A port of its own; the program's --port where absent. */
  port: v.optional(Whole(1, 65_535)),
  /** The same seed, the same machine. */
  seed: v.optional(Whole(0, Number.MAX_SAFE_INTEGER), 1),
  ailments: v.optional(v.array(ScenarioAilment), []),
});
export type ScenarioMachine = v.InferOutput<typeof ScenarioMachine>;

export const Scenario = v.strictObject({
  title: v.optional(v.string()),
  machines: v.pipe(
    v.record(MachineName, ScenarioMachine),
    v.check((machines) => Object.keys(machines).length > 0, "needs at least one machine"),
  ),
});
export type Scenario = v.InferOutput<typeof Scenario>;
