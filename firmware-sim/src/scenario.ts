// scenario.yaml: which simulated machines stand in the plant, where they are on the wire, what will go wrong with them, and what the wire does.
// Durations of machines are machine time, second 0 of a machine is its first poll; durations of wires are real time.
import { duration } from "@millwright/contract/duration";
import { MachineName } from "@millwright/contract/names";
import * as v from "valibot";
import { ailmentKinds } from "./machines/ailment.ts";
import { defectKinds } from "./sensors/vibration-signal.ts";
import { WireFaultSettings } from "./wire/fault-settings.ts";

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

export const machineKindNames = ["centrifugal-pump", "signals", "template", "addresses"] as const;

export const ScenarioMachine = v.strictObject({
  kind: v.picklist(machineKindNames),
  unit: Whole(1, 247),
  /** Which of `lines` it hangs on; Modbus TCP where absent. */
  line: v.optional(MachineName),
  /** A TCP port of its own, 0: any free one; the program's --port where absent. */
  port: v.optional(Whole(0, 65_535)),
  /** So many of them, NAME-1, NAME-2 …, on ports one after the other; on a line, or without a port, as units one after the other. */
  copies: v.optional(Whole(1, 1_000)),
  /** Kind `template`: the device type it serves. */
  template: v.optional(v.string()),
  /** Kind `signals`: how many float32 values. */
  points: v.optional(v.picklist([5, 30])),
  /** The same seed, the same machine. */
  seed: v.optional(Whole(0, Number.MAX_SAFE_INTEGER), 1),
  ailments: v.optional(v.array(ScenarioAilment), []),
  /** What its wire does, beside what `wire` says for all. */
  wire: v.optional(WireFaultSettings),
});
export type ScenarioMachine = v.InferOutput<typeof ScenarioMachine>;

export const ScenarioLine = v.pipe(
  v.strictObject({
    /** The path under which the serial port is found. */
    pty: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_./+-]+$/, "must be a path of letters, digits and _ . / + -"))),
    /** Or the TCP port of a converter that passes raw RTU frames; 0: any free one. */
    rtu_tcp: v.optional(Whole(0, 65_535)),
    baud: v.optional(Whole(300, 4_000_000), 19_200),
    parity: v.optional(v.picklist(["none", "even", "odd"]), "even"),
    data_bits: v.optional(v.picklist([7, 8]), 8),
    stop_bits: v.optional(v.picklist([1, 2]), 1),
    /** From the end of the silence after a request to the first bit of the reply. */
    turnaround: v.optional(duration({ min: "0ms", max: "10s" }), "2ms"),
  }),
  v.check(
    ({ pty, rtu_tcp }) => (pty === undefined) !== (rtu_tcp === undefined),
    "must not have both pty and rtu_tcp, or neither. Give it one.",
  ),
);
export type ScenarioLine = v.InferOutput<typeof ScenarioLine>;

const Length = v.pipe(v.number(), v.finite(), v.gtValue(0, "must be more than 0"));

/** A vibration sensor on a bearing, over HTTP (template sim/vibration-sensor). */
export const ScenarioSensor = v.strictObject({
  unit: Whole(1, 247),
  seed: v.optional(Whole(0, Number.MAX_SAFE_INTEGER), 1),
  rpm: v.optional(v.pipe(v.number(), v.minValue(60), v.maxValue(20_000)), 1_480),
  bearing: v.optional(
    v.strictObject({ rollers: Whole(3, 200), roller_mm: Length, pitch_mm: Length, contact_deg: v.optional(v.number(), 0) }),
    // Rexnord ZA-2115.
    { rollers: 16, roller_mm: 8.407, pitch_mm: 71.501, contact_deg: 15.17 },
  ),
  defects: v.optional(
    v.array(
      v.strictObject({
        kind: v.picklist(defectKinds),
        at: duration({ min: "0s", max: "3650d" }),
        grows_over: duration({ min: "1s", max: "3650d" }),
      }),
    ),
    [],
  ),
});
export type ScenarioSensor = v.InferOutput<typeof ScenarioSensor>;

export const Scenario = v.pipe(
  v.strictObject({
    title: v.optional(v.string()),
    lines: v.optional(v.record(MachineName, ScenarioLine), {}),
    /** What the wire of every machine does, where such a thing can happen there. */
    wire: v.optional(WireFaultSettings, {}),
    machines: v.optional(v.record(MachineName, ScenarioMachine), {}),
    /** The TCP port of the sensors; 0: any free one. */
    sensors_port: v.optional(Whole(0, 65_535), 0),
    sensors: v.optional(v.record(MachineName, ScenarioSensor), {}),
  }),
  v.check(({ machines, sensors }) => Object.keys({ ...machines, ...sensors }).length > 0, "needs at least one machine or sensor"),
  v.check(
    ({ sensors }) => new Set(Object.values(sensors).map(({ unit }) => unit)).size === Object.keys(sensors).length,
    "needs another unit for each of its sensors",
  ),
);
export type Scenario = v.InferOutput<typeof Scenario>;
