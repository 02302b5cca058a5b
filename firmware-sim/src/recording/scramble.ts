// The same recording, laid out as another vendor would have: other registers, holes, types, scales and byte orders. In: a template and the
// values it must carry. Out: a template that carries them with at least 16 effective bits over each column's range, and no overflow. Seeded, pure.
import { ByteOrder, type RegisterPoint, type RegisterTemplate, registerLength, registersOf } from "@millwright/contract/register-template";
import { createRandom, type Random, wholeBetween } from "../random/random.ts";

const integerSpan = {
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 4_294_967_295],
  int32: [-2_147_483_648, 2_147_483_647],
} as const;
const significandBits = { float32: 24, float64: 53 } as const;
const neededBits = 16;
const typesOnTheWire = ["uint16", "int16", "uint32", "int32", "float32", "float64"] as const;

/** @param columns the values of every measurement, by point. @param seed any text. */
export function scramble(template: RegisterTemplate, columns: ReadonlyMap<string, Float64Array>, seed: string): RegisterTemplate {
  const random = createRandom(`scramble/${seed}`);
  const base = random() < 0.5 ? 0 : 1;
  let address = wholeBetween(random, 0, 30_000);
  const points: Record<string, RegisterPoint> = {};
  for (const name of shuffled(Object.keys(template.points), random)) {
    const point = template.points[name] as RegisterPoint;
    const column = columns.get(name);
    const encoding = column === undefined ? { type: point.type, scale: point.scale, offset: point.offset } : encodingFor(column, random);
    points[name] = { ...point, ...encoding, order: pick(random, ByteOrder.options), register: address + base };
    address += registerLength(encoding) + (random() < 0.5 ? 0 : wholeBetween(random, 1, 6));
  }
  return { ...template, base, points };
}

type ScaledType = Pick<RegisterPoint, "type" | "scale" | "offset">;

function encodingFor(column: Float64Array, random: Random): ScaledType {
  const low = column.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = column.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const type = pick(random, typesOnTheWire);
  return type === "float32" || type === "float64" ? floating(type, low, high, random) : integer(type, low, high, random);
}

// Integers span the column's range exactly (16 bits) or with room to spare (32 bits); a column that stands still gets a step of its own.
function integer(type: keyof typeof integerSpan, low: number, high: number, random: Random): ScaledType {
  const [rawLow, rawHigh] = integerSpan[type];
  const room = registersOf[type] === 1 ? 1 : 2 ** wholeBetween(random, 1, 14);
  const range = isStill(low, high) ? Math.max(Math.abs(high), 1) * 2 ** -neededBits : high - low;
  const scale = (range / (rawHigh - rawLow)) * room;
  const middle = Math.round((rawLow + rawHigh) / 2);
  const offset = room === 1 ? low - rawLow * scale : (low + high) / 2 - middle * scale;
  return { type, scale, offset };
}

// A floating point type keeps its bits of the largest raw number, not of the range: a wide offset would eat them.
function floating(type: "float32" | "float64", low: number, high: number, random: Random): ScaledType {
  const scale = pick(random, [0.001, 0.01, 0.1, 1, 10, 1000]);
  const offset = random() < 0.5 ? 0 : Math.round(low + (high - low) * random());
  const largest = Math.max(Math.abs(low - offset), Math.abs(high - offset));
  const lostBits = isStill(low, high) ? 0 : Math.log2(largest / (high - low));
  return significandBits[type] - 1 - lostBits >= neededBits ? { type, scale, offset } : { type: "float64", scale, offset };
}

// No movement that double arithmetic could scale.
const isStill = (low: number, high: number): boolean => high - low <= Math.max(Math.abs(low), Math.abs(high), 1e-9) * 2 ** -30;

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let i = result.length - 1; i > 0; i--) {
    const j = wholeBetween(random, 0, i);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

const pick = <T>(random: Random, items: readonly T[]): T => items[wholeBetween(random, 0, items.length - 1)] as T;
