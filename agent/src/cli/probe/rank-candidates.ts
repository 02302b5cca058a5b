// Which type and order do the registers at an address have? In: readings of them, one after the other. Out: every candidate, the likeliest first,
// with its share of the likelihood and why. Pure. Each candidate is charged the bits that it needs for all registers; what it does not cover is
// charged as numbers of one register.
import { type ByteOrder, type NumberType, registersOf } from "@millwright/contract/register-template";
import { readRaw } from "../../registers/decode.ts";
import { decodeText } from "../../registers/decode-text.ts";
import { reasonFor } from "./candidate-reason.ts";
import { impossible, stepBits, stepsOf, wholeBits } from "./code-length.ts";
import { floatBits } from "./float-bits.ts";

export type Candidate = {
  readonly type: NumberType | "string";
  readonly order: ByteOrder;
  /** Registers it takes. */
  readonly length: number;
  /** What it says of each reading; NaN where that is no number. Empty for texts. */
  readonly values: readonly number[];
  /** The latest text; null for numbers. */
  readonly text: string | null;
  /** Share of the likelihood of all candidates, 0 to 1. */
  readonly score: number;
  readonly isPlausible: boolean;
  readonly reason: string;
};

type Charged = Pick<Candidate, "type" | "order" | "length" | "values" | "text"> & { readonly bits: number };

/** Most registers a candidate takes. */
export const probedRegisters = 4;
/** As likely as the first within this many bits: a thousand times less is not worth a look. */
const plausibleWithinBits = 10;

/** Bits for what is rare among devices. */
const typeBits: Record<NumberType | "string", number> = {
  uint16: 0,
  int16: 0.3,
  uint32: 0.5,
  int32: 0.8,
  float32: 0.5,
  uint64: 16,
  int64: 17,
  float64: 16,
  float16: 10,
  bcd16: 8,
  bcd32: 8,
  string: 16,
};
const orderBits: Record<ByteOrder, number> = { ABCD: 0, CDAB: 0.5, BADC: 3, DCBA: 2 };
/** Where one register has its bytes swapped, or another point begins. */
const swappedBits = 6;
const pointBits = 5;
const orders = ["ABCD", "CDAB", "BADC", "DCBA"] as const;
const types = Object.keys(registersOf) as NumberType[];

/** @param samples each the 1 to 4 registers from the address on, all of the same length; at least one sample, better five. */
export function rankCandidates(samples: readonly (readonly number[])[]): Candidate[] {
  const readings = samples.map((sample) => Uint16Array.from(sample));
  const available = readings[0]?.length ?? 0;
  const charged = [...numbers(readings, available), ...texts(readings, available)].sort((a, b) => a.bits - b.bits);
  const least = charged[0]?.bits ?? 0;
  const weights = charged.map(({ bits }) => 2 ** (least - bits));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  return charged.map(({ bits, ...candidate }, i) => ({
    ...candidate,
    score: (weights[i] as number) / all,
    isPlausible: bits - least <= plausibleWithinBits,
    reason: reasonFor(candidate),
  }));
}

function numbers(readings: readonly Uint16Array[], available: number): Charged[] {
  const fitting = types.filter((type) => registersOf[type] <= available);
  return fitting.flatMap((type) =>
    ordersOf(type).map((order) => {
      const length = registersOf[type];
      const values = readings.map((reading) => readRaw(reading, 0, type, order));
      const bits = numberBits(type, values) + typeBits[type] + (length > 1 ? orderBits[order] : order === "ABCD" ? 0 : swappedBits);
      return { type, order, length, values, text: null, bits: bits + restBits(readings, length, available) };
    }),
  );
}

// One register has only its two bytes to swap.
const ordersOf = (type: NumberType): readonly ByteOrder[] => (registersOf[type] === 1 ? ["ABCD", "BADC"] : orders);

function numberBits(type: NumberType, values: readonly number[]): number {
  switch (type) {
    case "float16":
      return floatBits(values, { mantissa: 10, width: 16, round: Math.f16round });
    case "float32":
      return floatBits(values, { mantissa: 23, width: 32, round: Math.fround });
    case "float64":
      return floatBits(values, { mantissa: 52, width: 64, round: (value) => value });
    default:
      return values.every(Number.isFinite) ? wholeSeriesBits(values, 16 * registersOf[type]) : impossible;
  }
}

function wholeSeriesBits(values: readonly number[], width: number): number {
  const sign = values.some((value) => value < 0) ? 2 : 0;
  // Beyond that doubles do not tell steps; nothing that is measured or counted gets there.
  if (values.some((value) => Math.abs(value) > Number.MAX_SAFE_INTEGER)) return sign + values.length * width;
  return sign + wholeBits(values[0] ?? 0, width) + stepBits(stepsOf(values), width);
}

// The registers behind the candidate, each as a point of its own, signed or unsigned, whichever is shortest.
function restBits(readings: readonly Uint16Array[], from: number, to: number): number {
  let bits = 0;
  for (let at = from; at < to; at++) {
    const ways = ordersOf("uint16").flatMap((order) =>
      (["uint16", "int16"] as const).map((type) => {
        const values = readings.map((reading) => readRaw(reading, at, type, order));
        return wholeSeriesBits(values, 16) + (order === "ABCD" ? 0 : swappedBits);
      }),
    );
    bits += pointBits + Math.min(...ways);
  }
  return bits;
}

function texts(readings: readonly Uint16Array[], available: number): Charged[] {
  return (["ABCD", "BADC"] as const).map((order) => {
    const all = readings.map((reading) => decodeText(reading, 0, available, order));
    const text = all.at(-1) ?? "";
    const isSame = all.every((other) => other === text);
    const bits = isSame ? textBits(text, readings[0] ?? new Uint16Array(0), order) : impossible;
    return { type: "string", order, length: available, values: [], text, bits: bits + typeBits.string + orderBits[order] };
  });
}

// A name or a serial number: printable, and behind its end is nothing.
function textBits(text: string, registers: Uint16Array, order: ByteOrder): number {
  const bytes = [...registers].flatMap((register) =>
    order === "ABCD" ? [register >> 8, register & 0xff] : [register & 0xff, register >> 8],
  );
  const rest = bytes.slice(text.length);
  if (text.length < 2 || text.includes("\uFFFD") || rest.some((byte) => byte !== 0 && byte !== 0x20)) return impossible;
  return [...text].reduce((sum, character) => sum + (/[A-Za-z0-9 .-]/.test(character) ? 6 : 8), rest.length);
}
