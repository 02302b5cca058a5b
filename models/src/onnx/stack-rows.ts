// Rows as the graph of a stack takes them (write-stack-graph.ts): without a NaN. In: features in which a hidden point is NaN in all its columns.
// Out: these points at their mean, and a mask of those that the row's machine would use. Nothing is copied where nothing is hidden.
import type { GraphConstants } from "./graph-constants.ts";

/** `features` [N, F], `machine` [N], `hidden` [N, P]: 1 or 0; empty where nothing is hidden. */
export type StackRows = { readonly features: Float32Array; readonly machine: Int32Array; readonly hidden: Float32Array };

const nothing = new Float32Array();

/** @returns `hiding`: rows with a hidden point that their machine's model uses, ascending */
export function stackRows(
  batch: Float32Array,
  machine: Int32Array,
  machines: readonly GraphConstants[],
): { rows: StackRows; hiding: number[] } {
  const points = machines[0]?.mean.length ?? 0;
  const width = batch.length / machine.length;
  let [features, hidden] = [batch, nothing];
  const hiding: number[] = [];
  for (let row = 0; row < machine.length; row += 1)
    for (let p = 0; p < points; p += 1) {
      if (!Number.isNaN(batch[row * width + p])) continue;
      if (features === batch) [features, hidden] = [batch.slice(), new Float32Array(machine.length * points)];
      const { mean, monitored } = machines[machine[row] as number] as GraphConstants;
      for (let at = row * width + p; at < (row + 1) * width; at += points) features[at] = mean[p] as number;
      if (monitored[p] !== 1) continue;
      hidden[row * points + p] = 1;
      if (hiding.at(-1) !== row) hiding.push(row);
    }
  return { rows: { features, machine, hidden }, hiding };
}

export function takeRows({ features, machine, hidden }: StackRows, rows: readonly number[]): StackRows {
  const some = (from: Float32Array): Float32Array => {
    const width = from.length / machine.length;
    const taken = new Float32Array(rows.length * width);
    for (const [n, row] of rows.entries()) taken.set(from.subarray(row * width, (row + 1) * width), n * width);
    return taken;
  };
  return { features: some(features), machine: Int32Array.from(rows, (row) => machine[row] as number), hidden: some(hidden) };
}
