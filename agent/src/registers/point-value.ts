// What a document or a line says of a point → its value in its unit, or why there is none. Pure. Registers have a decoder of their own.

/** What a template says of a point, whatever its bus. `range` is in the point's unit, `sentinels` are values before scale and offset. */
export type PointScaling = {
  readonly scale: number;
  readonly offset: number;
  readonly range?: readonly [number, number] | undefined;
  readonly sentinels: readonly number[];
  /** code → word. */
  readonly enum?: Readonly<Record<string, string>> | undefined;
};

/** NaN where there is no value. */
export type PointValue = { readonly value: number; readonly reason: "sentinel" | "out_of_range" | null };

/** value = raw × scale + offset. What is no number, or means "no value", leaves none (NaN); an out-of-range value is kept, to be shown. */
export function pointValue(raw: number, { scale, offset, range, sentinels }: PointScaling): PointValue {
  const value = raw * scale + offset;
  if (!Number.isFinite(value) || sentinels.includes(raw)) return { value: Number.NaN, reason: "sentinel" };
  return { value, reason: range !== undefined && (value < range[0] || value > range[1]) ? "out_of_range" : null };
}

/** Decimal, with blanks around it or behind its sign as scales print it: "+  12.34". No hexadecimal, no thousands, no comma. */
const decimal = /^\s*([-+]?)\s*(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/;

/** The number a text stands for: a decimal number, or a word of the enumeration; NaN for any other. */
export function numberOf(text: string, { enum: words }: Pick<PointScaling, "enum">): number {
  const match = decimal.exec(text);
  if (match !== null) return Number(`${match[1]}${match[2]}${match[3] ?? ""}`);
  const code = Object.entries(words ?? {}).find(([, word]) => word === text.trim())?.[0];
  return code === undefined ? Number.NaN : Number(code);
}
