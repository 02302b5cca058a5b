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
 * Takes the next value into the state (in place: this is the hot path).
 * @param measured NaN = hidden or bad; up to `maxGapPeriods` in succession the state waits, after that it starts again
 * @param isHeld while true the re-centring waits, so that a fault is not learned
 * @returns the nine features in the order of `featureKinds`, or null while there are none
 */
export function pointStep(state: PointFeaturesState, measured: number, isHeld: boolean): readonly number[] | null {
  const value = measured - state.offset;
  if (!Number.isFinite(value)) {
    state.missing += 1;
    if (state.missing > featureSettings.maxGapPeriods) restartPoint(state);
    return null;
  }
  state.missing = 0;
  const { rows, lag1, lag2 } = state;
  state.rows = rows + 1;
  state.lag2 = lag1;
  state.lag1 = value;
  if (rows < 2) return null;
  const smoothed = rows - 1;
  average(state.ewma, [value, lag1, lag2], Math.max(featureSettings.ewmaAlpha, 1 / smoothed));
  if (smoothed < featureSettings.warmUpRows) return null;
  if (!isHeld || state.driftRows === 0) {
    state.driftRows += 1;
    average(state.drift, state.ewma, Math.max(featureSettings.driftAlpha, 1 / state.driftRows));
  }
  return [value, lag1, lag2, ...state.ewma, ...state.drift];
}

function average(means: [number, number, number], [a, b, c]: readonly [number, number, number], weight: number): void {
  means[0] += weight * (a - means[0]);
  means[1] += weight * (b - means[1]);
  means[2] += weight * (c - means[2]);
}
