// Names and small values that many schemas share. Pure; every schema here has a default-free input form,
// so that the generated JSON Schema says the same as the parser.
import * as v from "valibot";

/** A name that becomes one level of an MQTT topic: tenant and agent. 1–64 of [A-Za-z0-9_-], no `/`, `+`, `#`. */
export const TopicLevel = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "must be 1 to 64 letters, digits, _ or -, and begin with a letter or digit"),
);

/** A machine's name as painted on it, e.g. `P-101`. Unique within (tenant, site). */
export const MachineName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "must be 1 to 64 letters, digits, _, . or -, and begin with a letter or digit"),
);

/** A place, from the outside in: `acme/chicago/line1`. */
export const Site = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,64}(\/[A-Za-z0-9_-]{1,64}){0,7}$/, "must be up to 8 names joined by /, e.g. chicago/line1"),
);

/** A point's name in snake case, e.g. `vibration_rms_de`. */
export const PointName = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9_]{0,63}$/, "must be snake_case: a small letter, then up to 63 small letters, digits or _"),
);

/** Lower-case hex SHA-256. */
export const Sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits"));

/** A machine's class; it selects failure modes and, later, standards. */
export const MachineClass = v.picklist(["centrifugal-pump", "motor", "fan", "compressor", "gearbox", "test-rig", "other"]);
export type MachineClass = v.InferOutput<typeof MachineClass>;

/** Zone of a vibration standard. A: as new · B: fit for unrestricted long-term operation · C: not fit for it · D: severe enough to damage the machine. */
export const ZoneLetter = v.picklist(["A", "B", "C", "D"]);
export type ZoneLetter = v.InferOutput<typeof ZoneLetter>;

/** Which machine: a name alone is not enough, two sites may both have a P-101. */
export const MachineRef = v.strictObject({ site: Site, name: MachineName });
export type MachineRef = v.InferOutput<typeof MachineRef>;

/** A finite number (JSON cannot carry NaN or infinity, and neither may we). */
export const Finite = v.pipe(v.number(), v.finite("must be a finite number"));

/** Time of day as Unix time in ms, within what a date can say (±100,000,000 days; https://tc39.es/ecma262/#sec-time-values-and-time-range). */
export const WallMs = v.pipe(Finite, v.minValue(-8.64e15, "must be a date"), v.maxValue(8.64e15, "must be a date"));

/** Whole number from 0 to 2^53 − 1. */
export const Count = v.pipe(v.number(), v.safeInteger("must be a whole number"), v.minValue(0, "must not be negative"));
