// The figures of a prognosis, from forecasts and the lives that were left.
import { rounded } from "./evaluation.ts";

/** In cycles. `life` etc. are what was forecast, `truth` what was left. */
export type JudgedLife = {
  readonly unit: number;
  readonly cycle: number;
  readonly truth: number;
  readonly life: number;
  readonly low: number;
  readonly high: number;
  readonly pFail: number;
};

export type PrognosisFigures = {
  readonly units: number;
  /** Against lives capped at 125, and as they are. */
  readonly rmse_capped: number;
  readonly rmse_raw: number;
  /** Saxena et al. (PHM 2008), summed over the units, against capped lives: late costs more than early. */
  readonly score: number;
  /** Share of capped lives within the interval; its mean width in cycles. */
  readonly coverage_90: number;
  readonly mean_width: number;
  /** Brier skill against the base rate of the rows judged; expected calibration error over ten equal bins. */
  readonly p_fail: { readonly skill: number; readonly ece: number };
  /** Who always says the mean life of the rows judged, and an interval over the middle 90 % of them: what there is to beat. */
  readonly rival_mean_life: { readonly rmse_capped: number; readonly mean_width: number };
};

/** @param cap of the labels @param horizon of `pFail`, cycles: failed means fewer were left */
export function prognosisFigures(rows: readonly JudgedLife[], { cap, horizon }: { cap: number; horizon: number }): PrognosisFigures {
  const mean = (of: (row: JudgedLife) => number): number => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  const capped = ({ truth }: JudgedLife): number => Math.min(cap, truth);
  const failed = ({ truth }: JudgedLife): number => Number(truth < horizon);
  const base = mean(failed);
  const centre = mean(capped);
  const sorted = rows.map(capped).sort((a, b) => a - b);
  const at = (q: number): number => sorted[Math.round(q * (sorted.length - 1))] as number;
  return {
    units: rows.length,
    rmse_capped: rounded(Math.sqrt(mean((row) => (row.life - capped(row)) ** 2)), 3),
    rmse_raw: rounded(Math.sqrt(mean((row) => (row.life - row.truth) ** 2)), 3),
    score: rounded(rows.length * mean((row) => lateness(row.life - capped(row))), 1),
    coverage_90: rounded(
      mean((row) => Number(row.low <= capped(row) && capped(row) <= row.high)),
      3,
    ),
    mean_width: rounded(
      mean(({ low, high }) => high - low),
      2,
    ),
    p_fail: {
      skill: rounded(1 - mean((row) => (row.pFail - failed(row)) ** 2) / (base * (1 - base)), 4),
      ece: rounded(calibrationError(rows.map((row) => ({ p: row.pFail, truth: failed(row) }))), 4),
    },
    rival_mean_life: {
      rmse_capped: rounded(Math.sqrt(mean((row) => (centre - capped(row)) ** 2)), 3),
      mean_width: rounded(at(0.95) - at(0.05), 2),
    },
  };
}

const lateness = (late: number): number => (late < 0 ? Math.exp(-late / 13) : Math.exp(late / 10)) - 1;

/** Mean of |forecast − frequency| over ten bins of equal width, weighted by how many rows lie in each. */
export function calibrationError(rows: readonly { readonly p: number; readonly truth: number }[]): number {
  const difference = new Float64Array(10);
  for (const { p, truth } of rows) {
    const bin = Math.min(9, Math.floor(10 * p));
    difference[bin] = (difference[bin] as number) + p - truth;
  }
  return difference.reduce((sum, gap) => sum + Math.abs(gap), 0) / rows.length;
}
