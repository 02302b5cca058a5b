// What is kept of a healthy signal so that drift can be told later: nine deciles, the share of rows between them, and how long a row resembles
// the ones before it. Some 20 figures a signal, whatever the number of rows; a new period needs ten counts. Pure.
import type { SignalReference } from "@millwright/contract/model-manifest";
import { finite, meanOf, quantileOf } from "./statistics.ts";

/** Bins of a signal at most. */
export const bins = 10;
/** Fewest blocks from which the variance of block means is estimated. */
const fewestBlocks = 8;

/** @param values in time order; what is not finite is passed over. Of a signal without a good value: no edges, no rows. */
export function signalReference(name: string, values: readonly number[]): SignalReference {
  const good = finite(values);
  // A signal of few different values has fewer bins: an edge that another one equals tells nothing.
  const edges = good.length === 0 ? [] : [...new Set(Array.from({ length: bins - 1 }, (_, i) => quantileOf(good, (i + 1) / bins)))];
  const places = good.map((value) => binOf(edges, value));
  const counts = emptyCounts(edges);
  for (const place of places) counts[place] = (counts[place] as number) + 1;
  return {
    name,
    edges,
    shares: counts.map((count) => count / Math.max(1, good.length)),
    rows: good.length,
    memory_rows: memoryRows(places),
  };
}

export const emptyCounts = (edges: readonly number[]): number[] => new Array<number>(edges.length + 1).fill(0);

/** The bin of a value: how many edges lie below it. */
export function binOf(edges: readonly number[], value: number): number {
  let bin = 0;
  for (let i = 0; i < edges.length; i += 1) if (value > (edges[i] as number)) bin += 1;
  return bin;
}

/**
 * Rows that tell as much as one independent row (integrated autocorrelation time, ≥ 1): variance of block means × block length over the variance
 * of the rows, the largest over block lengths of 1, 2, 4 … rows with at least eight blocks (batch means: Flegal & Jones 2010,
 * https://doi.org/10.1214/09-AOS735). What takes longer than an eighth of the rows to come back cannot be seen in them.
 */
export function memoryRows(series: readonly number[]): number {
  const variance = varianceOf(series);
  if (variance === 0) return 1;
  let longest = 1;
  for (let rows = 2; series.length / rows >= fewestBlocks; rows *= 2) {
    const blocks = Array.from({ length: Math.floor(series.length / rows) }, (_, i) => meanOf(series.slice(i * rows, (i + 1) * rows)));
    longest = Math.max(longest, (rows * varianceOf(blocks)) / variance);
  }
  return longest;
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.length < 2 ? 0 : values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
