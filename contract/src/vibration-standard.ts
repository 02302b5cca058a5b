// Vibration standards as data: into which of four zones a velocity falls, by what the machine is and what it stands on. A file names what
// was really read, and what was not. Every standard that Millwright knows is in `vibrationStandards`; a file that is not right fails at once.
import * as v from "valibot";
import part1 from "../standards/iso-10816-1.json" with { type: "json" };
import part7 from "../standards/iso-10816-7.json" with { type: "json" };
import part3 from "../standards/iso-20816-3.json" with { type: "json" };
import { Finite, MachineClass } from "./names.ts";
import { templateEntries } from "./template-point.ts";

const Word = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_]{0,31}$/, "must be a small letter, then small letters, digits or _"));

/** A/B, B/C and C/D; a value on a boundary belongs to the zone below it. */
const Boundaries = v.pipe(
  v.strictTuple([Finite, Finite, Finite]),
  v.check(([ab, bc, cd]) => 0 < ab && ab < bc && bc < cd, "must be three figures above 0 that rise"),
);

const { title, edition, page, url } = templateEntries.source.entries;
const Source = v.strictObject({
  kind: v.picklist(["manual", "page", "driver"]),
  title,
  edition,
  page,
  url,
  /** What was taken from it. */ says: v.string(),
});

const Trust = v.picklist(["stated", "two_sources"]);

export const VibrationStandard = v.strictObject({
  /** As a configuration names it. */
  standard: v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/, "must be small letters, digits and -, e.g. iso-20816-3")),
  /** As a technician reads it. */
  title: v.string(),
  edition: v.string(),
  /** Which machines, and what is measured. */
  scope: v.string(),
  /** What a configuration must say of a machine: key → what it can be → what that means. */
  asks: v.record(Word, v.record(v.string(), v.string())),
  /** One for each combination of answers. */
  zones: v.array(
    v.strictObject({
      of: v.record(Word, v.string()),
      /** As a technician reads it, e.g. "group 2, rigid". */
      name: v.string(),
      /** RMS. */
      velocity_mm_s: Boundaries,
      /** RMS. Only to be looked up: machines are judged by their velocity. */
      displacement_um: v.optional(Boundaries),
    }),
  ),
  /** Machines that belong to another standard. */
  not_for: v.optional(v.strictObject({ classes: v.array(MachineClass), instead: v.string() })),
  /** `stated`: one source says so · `two_sources`: two independent ones say the same of every figure. */
  trust: v.strictObject({ velocity_mm_s: Trust, displacement_um: v.optional(Trust) }),
  /** What was really opened. */
  sources: v.pipe(v.array(Source), v.minLength(1)),
  not_read: v.array(v.string()),
});
export type VibrationStandard = v.InferOutput<typeof VibrationStandard>;

export const vibrationStandards: readonly VibrationStandard[] = [part3, part7, part1].map((file) => v.parse(VibrationStandard, file));
