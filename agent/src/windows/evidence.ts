// What the rows since the alarm look like on average: one exponentially weighted mean of values and contributions, small enough to be
// committed with every row, so that the explanation survives a restart. Pure.

export type Evidence = { rows: number; values: number[]; contribution: number[] };

/** Weight of the newest row once there are many: the mean of about the last 40 rows. */
const weight = 0.05;

export const noEvidence: Evidence = { rows: 0, values: [], contribution: [] };

/** Takes one row into the mean. A value that is not a number leaves its mean as it was. */
export function gatherEvidence(evidence: Evidence, values: ArrayLike<number>, contribution: ArrayLike<number>): Evidence {
  const rows = evidence.rows + 1;
  const share = Math.max(weight, 1 / rows);
  return { rows, values: mix(evidence.values, values, share), contribution: mix(evidence.contribution, contribution, share) };
}

// JSON has no NaN: a mean that never had a value is null, and read as NaN.
function mix(means: readonly number[], next: ArrayLike<number>, share: number): number[] {
  return Array.from(next, (value, i) => {
    const mean = means[i];
    if (mean === undefined || mean === null || Number.isNaN(mean)) return value;
    return Number.isNaN(value) ? mean : mean + share * (value - mean);
  });
}
