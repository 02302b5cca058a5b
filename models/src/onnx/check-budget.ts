// What a graph costs, in the processor time of this process: the same on an idle box and on one that is busy with other things.
import { maxBatchRows } from "./batch-rows.ts";
import { modelFault } from "./model-faults.ts";
import type { Scorer } from "./session.ts";

/** Processor ms. A detector of 8 points takes 0.06 ms a row and 0.6 ms a batch; a tree ensemble of 1 MB some 0.1 and 5. */
const modelBudget = { rowMs: 20, batchMs: 250 } as const;

const tries = 3;

/** @param features of one row that the graph has scored already @throws Fault model_too_slow, session_failed */
export async function checkBudget(scorer: Scorer, features: Float32Array): Promise<{ rowMs: number; batchMs: number }> {
  const batch = new Float32Array(maxBatchRows * features.length);
  for (let row = 0; row < maxBatchRows; row += 1) batch.set(features, row * features.length);
  const rowMs = await cheapestMs(() => scorer.score(features, 1));
  const batchMs = await cheapestMs(() => scorer.score(batch, maxBatchRows));
  if (rowMs > modelBudget.rowMs || batchMs > modelBudget.batchMs)
    throw modelFault(
      "model_too_slow",
      `${rowMs.toFixed(1)} ms a row, ${batchMs.toFixed(1)} ms for ${maxBatchRows}; allowed are ${modelBudget.rowMs} and ${modelBudget.batchMs}`,
    );
  return { rowMs, batchMs };
}

// The cheapest of a few: the first one also pays for what is set up once.
async function cheapestMs(run: () => Promise<unknown>): Promise<number> {
  let cheapest = Number.POSITIVE_INFINITY;
  for (let n = 0; n < tries; n += 1) {
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    cheapest = Math.min(cheapest, (user + system) / 1_000);
  }
  return cheapest;
}
