// One figure of a bench: ours, the rival's of the same run, and whether the goal is met.

export type BenchRow = {
  name: string;
  unit: string;
  /** Median of our runs, and the least and greatest of them. */
  ours: number;
  min: number;
  max: number;
  rival: number | null;
  rival_name: string | null;
  /** ours ÷ rival. */
  ratio: number | null;
  goal: string;
  ok: boolean;
};

type Measured = {
  name: string;
  unit: string;
  ours: readonly number[];
  rival?: { name: string; figures: readonly number[] };
  /** Holds the goal against the ratio where there is a rival, else, or where it is `of: "ours"`, against our median. */
  goal: { atLeast?: number; atMost?: number; of?: "ours" };
};

/** Medians and their ratio. A rival without figures (it is not installed here) leaves the row undecided: not ok. */
export function benchRow({ name, unit, ours, rival, goal }: Measured): BenchRow {
  const median = medianOf(ours);
  const theirs = rival === undefined || rival.figures.length === 0 ? null : medianOf(rival.figures);
  const ratio = theirs === null ? null : median / theirs;
  const isOurs = rival === undefined || goal.of === "ours";
  const judged = isOurs ? median : ratio;
  const ok = judged !== null && judged >= (goal.atLeast ?? Number.NEGATIVE_INFINITY) && judged <= (goal.atMost ?? Number.POSITIVE_INFINITY);
  const limit = goal.atLeast === undefined ? `at most ${goal.atMost}` : `at least ${goal.atLeast}`;
  return {
    name,
    unit,
    ours: rounded(median),
    min: rounded(Math.min(...ours)),
    max: rounded(Math.max(...ours)),
    rival: theirs === null ? null : rounded(theirs),
    rival_name: rival?.name ?? null,
    ratio: ratio === null ? null : rounded(ratio),
    goal: isOurs ? limit : `ratio ${limit}`,
    ok,
  };
}

/** The middle one, or the mean of the two in the middle. */
export function medianOf(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

const rounded = (figure: number): number => Number(figure.toPrecision(4));
