// How well registers that were read fit the points of a template: in bits, as how unlikely chance is. Pure.
import { type RegisterTemplate, registersOf } from "@millwright/contract/register-template";
import { decoderOf } from "../../registers/decode.ts";
import type { ReadPoint } from "../../registers/device-reader.ts";

export type Evidence = {
  /** Points read, those of them that say what they may be, and those of these that are it. */
  readonly points: number;
  readonly judged: number;
  readonly good: number;
  /** More is better; negative speaks against it. */
  readonly bits: number;
};

/** No single point may decide. */
const mostBits = 8;
/** Few of all floats are of the size of what a sensor measures; many are next to nothing. */
const floatBits = 4;
const tinyShare = 1e-7;

/** What a point tells at most, where its value is what it may be: 0 where nothing is said of it. */
export function mostTold(template: RegisterTemplate, { name, type, range, scale, scaleFactor, bits }: ReadPoint): number {
  if (scaleFactor !== undefined || bits !== undefined) return 0;
  if (template.points[name]?.enum !== undefined) return mostBits / 2;
  if (range === undefined) return 0;
  if (type.startsWith("float")) return floatBits;
  const inside = (range[1] - range[0]) / Math.abs(scale) + 1;
  return Math.min(mostBits, Math.max(0, 16 * registersOf[type] - Math.log2(inside)));
}

/** `registers` of each point; null where they were not read. */
export function evidenceOf(template: RegisterTemplate, points: readonly ReadPoint[], registers: readonly (Uint16Array | null)[]): Evidence {
  const shown = new Float64Array(1);
  const verdicts = points.flatMap((point, i) => {
    const read = registers[i] ?? null;
    if (read === null) return [];
    const reasons: Parameters<ReturnType<typeof decoderOf>>[3] = [null];
    decoderOf(point)(read, 0, shown, reasons, 0);
    return [verdictOf(template, point, read, shown[0] ?? Number.NaN)];
  });
  const judged = verdicts.filter((bits) => bits !== null);
  return {
    points: verdicts.length,
    judged: judged.length,
    good: judged.filter((bits) => bits >= 0).length,
    bits: judged.reduce((sum, bits) => sum + bits, 0),
  };
}

// null: nothing is said of it, or the device has no value.
function verdictOf(template: RegisterTemplate, point: ReadPoint, registers: Uint16Array, value: number): number | null {
  const words = template.points[point.name]?.enum;
  if (point.scaleFactor !== undefined || point.bits !== undefined) return null;
  if (words !== undefined) return words[String(value)] === undefined ? -mostBits / 2 : isZero(registers) ? 0 : mostTold(template, point);
  if (point.range === undefined) return null;
  if (Number.isNaN(value)) return point.type.startsWith("float") && !isUnset(registers) ? -mostBits : null;
  const [low, high] = point.range;
  if (value < low || value > high) return -mostBits;
  if (isZero(registers)) return 0;
  if (point.type.startsWith("float") && Math.abs(value) < tinyShare * Math.max(Math.abs(low), Math.abs(high))) return -mostBits;
  return mostTold(template, point);
}

// A register at zero fits almost everything.
const isZero = (registers: Uint16Array): boolean => registers.every((register) => register === 0);
// 7FC0, 7FFF, 8000, FFFF: as devices say that they have no value.
const isUnset = ([first = 0]: Uint16Array): boolean => [0x7fc0, 0x7fff, 0x8000, 0xffff, 0xffc0, 0x7f80].includes(first);
