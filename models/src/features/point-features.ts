// The running state of one point: two lags, the running means of the value and its lags, and their slow re-centring.
// All of them are linear in the values, so a graph can make AR residuals of any coefficients out of them (fast, smoothed, slow).
import { featureSettings } from "../settings.ts";

/** Plain JSON. `rows`: good rows in succession. `ewma`, `drift`: of value, lag 1, lag 2. `driftRows`: rows behind `drift`.
 * `offset`: what was judged normal, in the point's unit; taken off every value. */
export type PointFeaturesState = {
  rows: number;
  missing: number;
  lag1: number;
  lag2: number;
  ewma: [number, number, number];
  drift: [number, number, number];
  driftRows: number;
  offset: number;
};

export const initialPointFeatures = (): PointFeaturesState => ({
  rows: 0,
  missing: 0,
  lag1: 0,
  lag2: 0,
  ewma: [0, 0, 0],
  drift: [0, 0, 0],
  driftRows: 0,
  offset: 0,
});

/** Forgets lags and running means (after a gap); what was re-centred stays. */
export function restartPoint(state: PointFeaturesState): void {
  state.rows = 0;
  state.missing = 0;
}

/** What the point does now was judged normal: from now on it is measured from here. */
export function acceptPoint(state: PointFeaturesState): void {
  if (state.driftRows === 0 || state.rows === 0) return;
  const shift = state.ewma[0] - state.drift[0];
  state.offset += shift;
  state.lag1 -= shift;
  state.lag2 -= shift;
  state.ewma = [state.ewma[0] - shift, state.ewma[1] - shift, state.ewma[2] - shift];
}

/**
 * Takes the next value into the state, and its nine features into `features`, all in place: this is the hot path, and it leaves no garbage.
 * @param measured NaN = hidden or bad; up to `maxGapPeriods` in succession the state waits, after that it starts again
 * @param isHeld while true the re-centring waits, so that a fault is not learned
 * @param features where they go: `at`, `at + stride`, …, in the order of `featureKinds`
 * @returns whether there are features; without them nothing is written
 */
export function pointStep(
  state: PointFeaturesState,
  measured: number,
  isHeld: boolean,
  features: Float32Array,
  at: number,
  stride: number,
): boolean {
  const value = measured - state.offset;
  if (!Number.isFinite(value)) {
    state.missing += 1;
    if (state.missing > featureSettings.maxGapPeriods) restartPoint(state);
    return false;
  }
  state.missing = 0;
  const { rows, lag1, lag2, ewma, drift } = state;
  state.rows = rows + 1;
  state.lag2 = lag1;
  state.lag1 = value;
  if (rows < 2) return false;
  const smoothed = rows - 1;
  average(ewma, value, lag1, lag2, Math.max(featureSettings.ewmaAlpha, 1 / smoothed));
  if (smoothed < featureSettings.warmUpRows) return false;
  if (!isHeld || state.driftRows === 0) {
    state.driftRows += 1;
    average(drift, ewma[0], ewma[1], ewma[2], Math.max(featureSettings.driftAlpha, 1 / state.driftRows));
  }
  features[at] = value;
  features[at + stride] = lag1;
  features[at + 2 * stride] = lag2;
  for (let lag = 0; lag < 3; lag += 1) {
    features[at + (3 + lag) * stride] = ewma[lag] as number;
    features[at + (6 + lag) * stride] = drift[lag] as number;
  }
  return true;
}

function average(means: [number, number, number], a: number, b: number, c: number, weight: number): void {
  means[0] += weight * (a - means[0]);
  means[1] += weight * (b - means[1]);
  means[2] += weight * (c - means[2]);
}
