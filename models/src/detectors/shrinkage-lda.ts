// Which class a row of figures belongs to: linear discriminant analysis with the pooled covariance shrunk after Ledoit & Wolf (2004).
// Answers null, "don't know", where the row lies further from every class than nearly all rows it was learned from.
import { invertSpd } from "./invert-spd.ts";
import { ledoitWolf } from "./ledoit-wolf.ts";
import { meanOf, quantileOf, spreadOf } from "./statistics.ts";

/** Plain JSON. `centres`: one a class, in units of `scale`; `precision`: P × P, row-major; `limit`: squared distance beyond which a row is of no class. */
export type ShrinkageLda = {
  readonly labels: readonly number[];
  readonly scale: readonly number[];
  readonly centres: readonly (readonly number[])[];
  readonly precision: readonly number[];
  readonly limit: number;
};

/** Share of the learning rows that lie within the limit. */
const knownShare = 0.999;
/** A row not learned from lies further out: the limit is widened by this. */
const limitFactor = 2;

/** @param rows N rows of P figures @param truths N labels @throws RangeError when there is no row */
export function learnLda(rows: readonly Float64Array[], truths: readonly number[]): ShrinkageLda {
  const size = rows[0]?.length ?? 0;
  if (size === 0) throw new RangeError("there is no row to learn from");
  const labels = [...new Set(truths)].sort((a, b) => a - b);
  const raw = labels.map((label) => {
    const members = rows.filter((_, i) => truths[i] === label);
    return Array.from({ length: size }, (_, p) => meanOf(members.map((row) => row[p] as number)));
  });
  const left = rows.map((row, i) => row.map((value, p) => value - (raw[labels.indexOf(truths[i] as number)]?.[p] as number)));
  const scale = Array.from(
    { length: size },
    (_, p) =>
      spreadOf(
        left.map((row) => row[p] as number),
        0,
      ) || 1,
  );
  const precision = [
    ...invertSpd(
      ledoitWolf(
        left.map((row) => row.map((value, p) => value / (scale[p] as number))),
        size,
      ),
      size,
    ),
  ];
  const centres = raw.map((centre) => centre.map((value, p) => value / (scale[p] as number)));
  const open: ShrinkageLda = { labels, scale, centres, precision, limit: Number.POSITIVE_INFINITY };
  const own = rows.map((row) => Math.min(...squaredDistances(open, row)));
  return { ...open, limit: limitFactor * quantileOf(own, knownShare) };
}

/** @returns the nearest class (all classes equally likely beforehand), and the same or null as the answer that may be "don't know" */
export function classify(lda: ShrinkageLda, row: Float64Array): { nearest: number; answer: number | null } {
  const distances = squaredDistances(lda, row);
  const least = Math.min(...distances);
  const nearest = lda.labels[distances.indexOf(least)] as number;
  return { nearest, answer: least <= lda.limit ? nearest : null };
}

function squaredDistances({ centres, scale, precision }: ShrinkageLda, row: Float64Array): number[] {
  const size = scale.length;
  return centres.map((centre) => {
    const off = centre.map((value, p) => (row[p] as number) / (scale[p] as number) - value);
    let sum = 0;
    for (let i = 0; i < size; i += 1) {
      let product = 0;
      for (let j = 0; j < size; j += 1) product += (precision[i * size + j] as number) * (off[j] as number);
      sum += (off[i] as number) * product;
    }
    return sum;
  });
}
