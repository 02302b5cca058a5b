// Absolute limits of a template or a configuration. Their own layer: they need no model and speak while a model is missing.
// A limit is crossed after `persistenceRows` rows beyond it in succession, and left after as many rows back inside by `hysteresis`.
import type { Level } from "./decision-step.ts";

export type LimitRule = {
  readonly point: string;
  readonly warnHigh?: number;
  readonly warnLow?: number;
  readonly criticalHigh?: number;
  readonly criticalLow?: number;
  /** Rows in succession, default 3. */
  readonly persistenceRows?: number;
  /** In the point's unit, default 0. */
  readonly hysteresis?: number;
};

type Crossing = { readonly rows: number; readonly isCrossed: boolean };

/** Plain JSON; keys are `<point>/<side>`. */
export type LimitsState = Readonly<Record<string, Crossing>>;

export type LimitCrossing = {
  readonly point: string;
  readonly side: "high" | "low";
  readonly limit: number;
  readonly now: number;
  readonly level: Level;
};

export type LimitsOutput = { readonly layer: "limits"; readonly level: Level; readonly crossings: readonly LimitCrossing[] };

export const initialLimits: LimitsState = {};

const withinLimits: LimitsOutput = { layer: "limits", level: "normal", crossings: [] };

/** @param values in the order of `points`; NaN (bad, missing) leaves a limit as it was */
export function limitsStep(
  state: LimitsState,
  { values, points, rules }: { values: Float64Array; points: readonly string[]; rules: readonly LimitRule[] },
): { readonly state: LimitsState; readonly output: LimitsOutput } {
  if (rules.length === 0) return { state, output: withinLimits };
  const next: Record<string, Crossing> = { ...state };
  const crossings: LimitCrossing[] = [];
  for (const rule of rules) {
    const now = values[points.indexOf(rule.point)] ?? Number.NaN;
    for (const { key, side, limit, level } of limitsOf(rule)) {
      const crossing = crossingStep(state[key] ?? { rows: 0, isCrossed: false }, side === "high" ? now - limit : limit - now, rule);
      next[key] = crossing;
      if (crossing.isCrossed) crossings.push({ point: rule.point, side, limit, now, level });
    }
  }
  crossings.sort((a, b) => Number(b.level === "critical") - Number(a.level === "critical"));
  return { state: next, output: { layer: "limits", level: crossings[0]?.level ?? "normal", crossings } };
}

function limitsOf({ point, warnHigh, warnLow, criticalHigh, criticalLow }: LimitRule) {
  const limit = (side: "high" | "low", level: "warning" | "critical", value: number | undefined) =>
    value === undefined ? [] : [{ key: `${point}/${level}/${side}`, side, limit: value, level }];
  return [
    ...limit("high", "critical", criticalHigh),
    ...limit("low", "critical", criticalLow),
    ...limit("high", "warning", warnHigh),
    ...limit("low", "warning", warnLow),
  ];
}

/** @param beyond how far beyond the limit, in the point's unit; negative = inside */
function crossingStep({ rows, isCrossed }: Crossing, beyond: number, { persistenceRows = 3, hysteresis = 0 }: LimitRule): Crossing {
  if (Number.isNaN(beyond)) return { rows, isCrossed };
  const isTurning = isCrossed ? beyond < -hysteresis : beyond > 0;
  const count = isTurning ? rows + 1 : 0;
  return count >= persistenceRows ? { rows: 0, isCrossed: !isCrossed } : { rows: count, isCrossed };
}
