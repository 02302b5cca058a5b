// When a machine's own baseline is learned: counts healthy rows until there are enough. Pure.

/** Part of a machine's committed state. */
export type Learning = {
  /** Rows taken for learning. */
  rows: number;
  /** Rows seen, taken or not, and the sum of their shares of good points: how bad the signals were meanwhile. */
  seen: number;
  goodSum: number;
};

export const noLearning: Learning = { rows: 0, seen: 0, goodSum: 0 };

/** A row with fewer good points than this teaches nothing. */
const minGoodShare = 0.5;

/**
 * One more row. `goodShare`: points that are good in it, 0…1. `isHealthy`: no limit is crossed and no vibration is in zone C or D; such a row is never learned as normal.
 * @returns the new count, and whether this row belongs to the learning rows
 */
export function learnRow(learning: Learning, row: { goodShare: number; isHealthy: boolean }): { learning: Learning; take: boolean } {
  const take = row.isHealthy && row.goodShare >= minGoodShare;
  return { learning: { rows: learning.rows + (take ? 1 : 0), seen: learning.seen + 1, goodSum: learning.goodSum + row.goodShare }, take };
}

/** Share of values that were not good while learning, 0…1. */
export const badShare = ({ seen, goodSum }: Learning): number => (seen === 0 ? 0 : 1 - goodSum / seen);
