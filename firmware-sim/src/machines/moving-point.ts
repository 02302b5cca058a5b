// What the points of a template without physics show. Pure: machine time in, values out.
import type { RegisterPoint, RegisterTemplate } from "@millwright/contract/register-template";
import type { Random } from "../random/random.ts";
import { type Encoding, limitsOf, rawOf } from "../registers/encode.ts";

export type MovingPoint = { name: string; at: (nowMs: number) => number | string };

/** How long an enumeration or a bit stays as it is, ms. */
const stateMs = 60_000;
const periodMs = { least: 30_000, most: 300_000 } as const;
/** Of what is allowed, values use the middle part. */
const swing = 0.3;

/** Every point that has a value of its own. @param unit is told by serial numbers. */
export function movingPoints(template: RegisterTemplate, { unit, random }: { unit: number; random: Random }): MovingPoint[] {
  const exponents = scaleExponents(template);
  return Object.entries(template.points)
    .filter(([, point]) => !isWholeOfFields(point, template))
    .map(([name, point]): MovingPoint => {
      const exponent = exponents.get(name);
      if (exponent !== undefined) return { name, at: () => exponent };
      if (point.type === "string") return { name, at: () => `SIM${String(unit).padStart(4, "0")}` };
      if (point.role === "identity") return { name, at: () => 1_000 + unit };
      if (point.role === "update_counter") return { name, at: (nowMs) => Math.floor(nowMs / 1_000) % 10_000 };
      if (point.enum !== undefined) return { name, at: switching(Object.keys(point.enum).map(Number), random) };
      if (point.bit !== undefined) return { name, at: switching([0, 1], random) };
      const factor = 10 ** (exponents.get(point.scale_factor ?? "") ?? 0);
      return { name, at: wave(spanOf(point, template), { point, factor, encoding: encodingOf(point, template), random }) };
    });
}

function switching(values: readonly number[], random: Random): (nowMs: number) => number {
  const phase = Math.floor(random() * values.length);
  return (nowMs) => values[(Math.floor(nowMs / stateMs) + phase) % values.length] as number;
}

// Two sines, never faster than half of `max_rate`, never on a sentinel.
function wave(
  [low, high]: readonly [number, number],
  { point, factor, encoding, random }: { point: RegisterPoint; factor: number; encoding: Encoding; random: Random },
): (nowMs: number) => number {
  const amplitude = swing * (high - low);
  const slowestMs = point.max_rate === undefined ? 0 : (4 * Math.PI * amplitude * 1_000) / point.max_rate;
  const lengthMs = Math.max(slowestMs, periodMs.least + random() * (periodMs.most - periodMs.least));
  const [phase, second] = [random() * 2 * Math.PI, random() * 2 * Math.PI];
  return (nowMs) => {
    const angle = (2 * Math.PI * nowMs) / lengthMs;
    const value = ((low + high) / 2 + amplitude * (0.75 * Math.sin(angle + phase) + 0.25 * Math.sin(angle / 3 + second))) / factor;
    return point.sentinels.includes(rawOf(value, encoding)) ? value + encoding.scale : value;
  };
}

// Where a point may move: its range, below what would alarm, and no further than its registers reach.
function spanOf(point: RegisterPoint, template: RegisterTemplate): [number, number] {
  const { range = [0, 100], limits = {} } = point;
  const [least, most] = pointLimits(point, template);
  const low = Math.max(range[0], limits.warning_low ?? limits.critical_low ?? range[0], least);
  const high = Math.min(range[1], limits.warning_high ?? limits.critical_high ?? range[1], most);
  return low <= high ? [low, high] : [least, least];
}

function pointLimits(point: RegisterPoint, template: RegisterTemplate): [number, number] {
  const { bits, scale, offset, scale_factor } = point;
  if (bits !== undefined) return [offset, (2 ** (bits[1] - bits[0] + 1) - 1) * scale + offset];
  const [least, most] = limitsOf(encodingOf(point, template));
  const factor = 10 ** (scaleExponents(template).get(scale_factor ?? "") ?? 0);
  return [least * factor, most * factor];
}

// The power of ten in each scale-factor point: -1, or as much more as the greatest of its values needs.
function scaleExponents(template: RegisterTemplate): Map<string, number> {
  const exponents = new Map<string, number>();
  for (const point of Object.values(template.points)) {
    if (point.scale_factor === undefined || point.type === "string") continue;
    const [, most] = limitsOf(encodingOf(point, template));
    const needed = Math.ceil(Math.log10(Math.max(...(point.range ?? [0, 100]).map(Math.abs)) / most));
    exponents.set(point.scale_factor, Math.max(-1, needed, exponents.get(point.scale_factor) ?? -1));
  }
  return exponents;
}

// A status word of which other points are bits has no value of its own.
function isWholeOfFields(point: RegisterPoint, { points }: RegisterTemplate): boolean {
  if (point.bit !== undefined || point.bits !== undefined) return false;
  return Object.values(points).some(
    (other) => other !== point && other.table === point.table && other.register === point.register && other.type === point.type,
  );
}

function encodingOf({ type, order, scale, offset }: RegisterPoint, template: RegisterTemplate): Encoding {
  return { type: type === "string" ? "uint16" : type, order: order ?? template.order, scale, offset };
}
