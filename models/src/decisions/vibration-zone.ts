// The zone of a vibration standard that a velocity falls into, and the level that means: C is a warning, D is critical, A and B are normal. A
// layer of its own: it needs no model and speaks from the first row on, but only of a machine that runs. Pure.
import type { ZoneLetter } from "@millwright/contract/names";
import { initialLimits, type LimitsState, limitsStep } from "./absolute-limits.ts";
import type { Level } from "./decision-step.ts";

export type ZoneRule = {
  readonly point: string;
  /** As a technician reads it, e.g. "ISO 20816-3, group 2, rigid". */
  readonly standard: string;
  /** A/B, B/C, C/D in mm/s RMS. */
  readonly boundariesMmS: readonly [ab: number, bc: number, cd: number];
  /** mm/s in one unit of the point. */
  readonly mmSPerUnit: number;
  /** A boundary is crossed, or left, after so many rows beyond it in succession. */
  readonly persistenceRows: number;
};

/** Plain JSON. The last good velocity of each point while the machine ran, mm/s, and how its boundaries stand. */
export type ZonesState = { readonly crossed: LimitsState; readonly lastMmS: Readonly<Record<string, number>> };

/** A point in zone C or D. */
export type ZoneFinding = { readonly point: string /** In the unit of the point. */; readonly now: number; readonly level: Level };

export type ZonesOutput = {
  readonly layer: "zones";
  readonly level: Level;
  readonly findings: readonly ZoneFinding[];
  /** This very row has a velocity in zone C or D, whether that holds already or not: nothing to learn as normal. */
  readonly isBeyond: boolean;
};

/** Of a machine that no standard judges. */
export const noZonesOutput: ZonesOutput = { layer: "zones", level: "normal", findings: [], isBeyond: false };

export const noZones: ZonesState = { crossed: initialLimits, lastMmS: {} };

/** A zone is left only this share below its boundary, so that a velocity that plays around it is one alarm and not many. Our own choice. */
const hysteresisShare = 0.1;

const factorsMmS: Readonly<Record<string, number>> = {
  "mm/s": 1,
  "cm/s": 10,
  "m/s": 1_000,
  "um/s": 1e-3,
  "µm/s": 1e-3,
  "in/s": 25.4,
  "[in_i]/s": 25.4,
};

export const velocityUnits: readonly string[] = Object.keys(factorsMmS);

/** @returns mm/s in one of this unit; null where it is no unit of velocity. */
export const mmSPerUnit = (unit: string): number | null => (Object.hasOwn(factorsMmS, unit) ? (factorsMmS[unit] as number) : null);

/** A velocity on a boundary belongs to the zone below it (ISO 20816-1:2016, 6.3.2.3, as phonometry's evaluation.py reads it). */
export function zoneOf(velocityMmS: number, [ab, bc, cd]: ZoneRule["boundariesMmS"]): ZoneLetter {
  if (velocityMmS > cd) return "D";
  return velocityMmS > bc ? "C" : velocityMmS > ab ? "B" : "A";
}

/**
 * One row. `values` in the order of `points`; NaN (bad, missing) leaves a zone as it was. While the machine is not to be judged, everything stays
 * as it was, and nothing is counted.
 */
export function zonesStep(
  before: ZonesState,
  { values, points, rules, isJudged }: { values: Float64Array; points: readonly string[]; rules: readonly ZoneRule[]; isJudged: boolean },
): { readonly state: ZonesState; readonly output: ZonesOutput } {
  const names = rules.map(({ point }) => point);
  const velocities = Float64Array.from(rules, ({ point, mmSPerUnit }) =>
    isJudged ? (values[points.indexOf(point)] ?? Number.NaN) * mmSPerUnit : Number.NaN,
  );
  const { state: crossed, output } = limitsStep(before.crossed, { values: velocities, points: names, rules: rules.flatMap(limitsOf) });
  const seen = rules.flatMap(({ point }, i): [string, number][] =>
    Number.isFinite(velocities[i]) ? [[point, velocities[i] as number]] : [],
  );
  const lastMmS = { ...before.lastMmS, ...Object.fromEntries(seen) };
  const findings = rules.flatMap(({ point, mmSPerUnit }): ZoneFinding[] => {
    const [worst] = output.crossings.filter((crossing) => crossing.point === point);
    return worst === undefined ? [] : [{ point, now: (lastMmS[point] ?? Number.NaN) / mmSPerUnit, level: worst.level }];
  });
  findings.sort((a, b) => Number(b.level === "critical") - Number(a.level === "critical"));
  const isBeyond = rules.some(({ boundariesMmS: [, bc] }, i) => (velocities[i] as number) > bc);
  return { state: { crossed, lastMmS }, output: { layer: "zones", level: output.level, findings, isBeyond } };
}

const limitsOf = ({ point, boundariesMmS: [, bc, cd], persistenceRows }: ZoneRule) => [
  { point, warnHigh: bc, persistenceRows, hysteresis: bc * hysteresisShare },
  { point, criticalHigh: cd, persistenceRows, hysteresis: cd * hysteresisShare },
];
