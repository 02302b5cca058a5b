// What the graph of a stack is made of (write-stack-graph.ts): the constants of a detector, multiplied out further. Residuals are measured so that the
// diagonal of every precision is 1, and what is zero for every detector is left out. In: the constants of its bundle's graph. Out: float32 tables.
import { featureKinds } from "@millwright/contract/model-manifest";
import { channelNames } from "../detectors/weights.ts";
import { combinedColumns, type GraphConstants } from "./graph-constants.ts";

/** Layers: the channels (fast, slow, level), then the points' own charts. Sums: one a layer, then the re-centring of slow, which is clipped. */
export const [kinds, channels, layers, sums] = [featureKinds.length, channelNames.length, channelNames.length + 1, channelNames.length + 2];
export const [slow, chart, recentring] = [channelNames.indexOf("slow"), channels, layers];

/** One product of a column (an index into `featureKinds`) and a coefficient, and the sum it goes into. */
export type Term = { readonly kind: number; readonly sum: number };

/**
 * P points: `mean` [P, 9]; `coefficient` [P, 12]: of each term; `bound` [P, 5]: each sum is clipped to ± this;
 * `precision` [P, 3, P]: to a point, in each channel, from every point.
 */
export type StackTables = Readonly<Record<"mean" | "coefficient" | "bound" | "precision", Float32Array>>;

/** Of a layer's two sums of three columns: the level and the charts use one column each, and only slow and the charts have a second sum. */
const products = combinedColumns
  .map((kind, at) => ({ kind, at, layer: Math.floor(at / 6), isSecond: at % 6 >= 3, lag: at % 3 }))
  .filter(({ layer, isSecond, lag }) => (lag === 0 || layer <= slow) && (!isSecond || layer === slow || layer === chart));

export const terms: readonly Term[] = products.map(({ kind, layer, isSecond }) => ({
  kind,
  sum: isSecond && layer === slow ? recentring : layer,
}));

export function stackTables({ mean, combine, bound, precision, inverse }: GraphConstants): StackTables {
  const points = mean.length;
  /** What a residual is multiplied by, and its row and column of the precision are divided by. */
  const size = (layer: number, p: number): number => 1 / Math.sqrt(inverse[layer * points + p] as number);
  const between = (channel: number, to: number, from: number): number =>
    (precision[(channel * points + to) * points + from] as number) / (size(channel, to) * size(channel, from));
  const most = (sum: number, p: number): number =>
    sum === recentring ? (bound[(2 * slow + 1) * points + p] as number) * size(slow, p) : Number.POSITIVE_INFINITY;
  const table = (width: number, of: (p: number, i: number) => number): Float32Array =>
    Float32Array.from({ length: points * width }, (_, i) => of(Math.floor(i / width), i % width));
  return {
    mean: table(kinds, (p) => mean[p] as number),
    coefficient: table(terms.length, (p, term) => {
      const { at, layer } = products[term] as (typeof products)[number];
      return (combine[at * points + p] as number) * size(layer, p);
    }),
    bound: table(sums, (p, sum) => most(sum, p)),
    precision: table(channels * points, (to, i) => between(Math.floor(i / points), to, i % points)),
  };
}
