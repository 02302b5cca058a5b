// A point as a device may have it: a quantity with drift and noise, stored as a number of two registers in some order; beside it other points.
import type { ByteOrder } from "@millwright/contract/register-template";

export type RandomPoint = {
  readonly name: string;
  readonly order: ByteOrder;
  readonly isFloat: boolean;
  /** What the device stores. */
  readonly values: readonly number[];
  /** Of each reading the point's two registers and two of its neighbours. */
  readonly samples: readonly (readonly number[])[];
};

type Random = () => number;
type Series = (random: Random, count: number) => number[];

const between = (random: Random, low: number, high: number): number => low + (high - low) * random();
const logBetween = (random: Random, low: number, high: number): number => Math.exp(between(random, Math.log(low), Math.log(high)));
/** Roughly normal, standard deviation 1. */
const noise = (random: Random): number => (random() + random() + random() + random() - 2) * Math.sqrt(3);

// A value that moves slowly, its noise a share of its size.
const sensor =
  (low: number, high: number): Series =>
  (random, count) => {
    const start = between(random, low, high);
    const size = Math.max(Math.abs(start), 0.05 * (high - low));
    const spread = size * logBetween(random, 1e-4, 1e-2);
    const drift = size * between(random, -1e-3, 1e-3);
    return Array.from({ length: count }, (_, i) => start + i * drift + spread * noise(random));
  };

const counter: Series = (random, count) => {
  let value = logBetween(random, 1e3, 1e8);
  const rate = logBetween(random, 1, 200);
  return Array.from({ length: count }, () => {
    value += rate * between(random, 0.5, 1.5);
    return value;
  });
};

type Quantity = {
  readonly name: string;
  readonly series: Series /** Whole numbers in one unit of the quantity. */;
  readonly scale: number;
};
const quantities: readonly Quantity[] = [
  { name: "temperature", series: sensor(-30, 180), scale: 100 },
  { name: "pressure", series: sensor(0.5, 250), scale: 1000 },
  { name: "speed", series: sensor(300, 3600), scale: 10 },
  { name: "power", series: sensor(-40_000, 90_000), scale: 1 },
  { name: "current", series: sensor(0.2, 400), scale: 1000 },
  { name: "flow", series: sensor(1, 900), scale: 100 },
  { name: "energy", series: counter, scale: 1 },
];

const types = ["float32", "int32", "uint32"] as const;
const orders = ["ABCD", "CDAB", "BADC", "DCBA"] as const;

/** @param count readings. */
export function randomPoint(random: Random, count = 5): RandomPoint {
  const quantity = pick(quantities, random);
  const type = pick(types, random);
  const order = pick(orders, random);
  const series = quantity.series(random, count);
  const values = series.map((value) => (type === "float32" ? Math.fround(value) : Math.round(value * quantity.scale)));
  const stored = type === "uint32" ? values.map(Math.abs) : values;
  const neighbours = neighbourPair(random, count);
  const samples = stored.map((value, i) => [...wordsOf(value, type === "float32", order), ...(neighbours[i] as readonly number[])]);
  return { name: `${quantity.name} ${type}`, order, isFloat: type === "float32", values: stored, samples };
}

// Other values: constants, moving numbers of one register, or another number of two.
function neighbourPair(random: Random, count: number): number[][] {
  if (random() < 0.4) {
    const other = pick(quantities, random).series(random, count);
    const order = pick(orders, random);
    return other.map((value) => wordsOf(value, true, order));
  }
  const singles = [0, 1].map(() => {
    const start = Math.floor(65_536 * random());
    const spread = random() < 0.3 ? 0 : logBetween(random, 1, 2_000);
    return Array.from({ length: count }, () => Math.round(start + spread * noise(random)) & 0xffff);
  });
  return Array.from({ length: count }, (_, i) => singles.map((single) => single[i] as number));
}

function wordsOf(value: number, isFloat: boolean, order: ByteOrder): number[] {
  const view = new DataView(new ArrayBuffer(4));
  if (isFloat) view.setFloat32(0, value);
  else view.setInt32(0, value);
  const isSwapped = order === "BADC" || order === "DCBA";
  const words = [view.getUint16(0), view.getUint16(2)].map((word) => (isSwapped ? ((word & 0xff) << 8) | (word >> 8) : word));
  return order === "CDAB" || order === "DCBA" ? words.reverse() : words;
}

const pick = <T>(all: readonly T[], random: Random): T => all[Math.floor(random() * all.length)] as T;
