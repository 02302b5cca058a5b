// From the rows of a machine to what its model sees: sensors that stand still, or give too few good values, are hidden, the rest becomes features.
// One instance per machine; its whole state is plain JSON (`snapshot`), to be committed together with the prediction it led to.
// State grows with the number of points only. A row leaves no garbage behind but its features.
import type { FeatureSchema, PointStillness } from "@millwright/contract/model-manifest";
import { featureSettings } from "../settings.ts";
import { badRowsOf, badWindowStep, hasHoles, isBadWindow } from "./bad-window.ts";
import { acceptPoint, initialPointFeatures, type PointFeaturesState, pointStep, restartPoint } from "./point-features.ts";
import type { Row } from "./row.ts";
import { initialStillness, type StillnessState, stillnessStep } from "./stillness.ts";

export type SensorEvent = { readonly point: string; readonly kind: "frozen" | "moving_again"; readonly stillRows: number };

export type MachineStep = {
  /** F figures in the order of the schema's columns, NaN where a point is hidden; null when there is nothing to score. */
  readonly features: Float32Array | null;
  readonly reason: "ok" | "warming_up" | "too_many_missing";
  /** Indices of the points the model does not see in this row. */
  readonly masked: readonly number[];
  readonly sensorEvents: readonly SensorEvent[];
};

/** `bad`: each point's rows without a good value, as bad-window.ts counts them; absent in snapshots of older versions. */
export type MachineStreamSnapshot = { lastAtMs: number | null; points: PointFeaturesState[]; stillness: StillnessState[]; bad?: number[] };

export type MachineStreamOptions = { schema: FeatureSchema; stillness: readonly PointStillness[]; snapshot?: MachineStreamSnapshot };

/** Shared by all rows in which nothing is hidden and nothing happened. */
const none: readonly never[] = Object.freeze([]);

export class MachineStream {
  readonly #schema: FeatureSchema;
  readonly #learned: readonly PointStillness[];
  readonly #monitored: number;
  #state: Required<MachineStreamSnapshot>;

  constructor({ schema, stillness, snapshot }: MachineStreamOptions) {
    this.#schema = schema;
    this.#learned = stillness;
    this.#monitored = stillness.filter(({ is_monitored }) => is_monitored).length;
    const nothingBad = schema.points.map(() => 0);
    this.#state =
      snapshot === undefined
        ? {
            lastAtMs: null,
            points: schema.points.map(initialPointFeatures),
            stillness: schema.points.map(initialStillness),
            bad: nothingBad,
          }
        : { bad: nothingBad, ...structuredClone(snapshot) };
  }

  /** @param row its `isHeld`: the last decision's `hold` (the score is high: what is seen now must not become normal) */
  push({ atMs, values, isHeld = false }: Row & { readonly isHeld?: boolean }): MachineStep {
    this.#restartAfterGap(atMs);
    const points = this.#schema.points.length;
    const features = new Float32Array(this.#schema.columns.length);
    let masked: readonly number[] = none;
    let sensorEvents: readonly SensorEvent[] = none;
    let isWarmingUp = false;
    let counted = 0;
    let badRows = 0;
    for (let p = 0; p < points; p += 1) {
      const value = values[p] as number;
      const event = this.#observeStillness(p, value);
      if (event !== null) sensorEvents = [...sensorEvents, event];
      const isStill = this.isStill(p);
      const bad = this.#observeBad(p, value);
      const isLeftOut = isStill || hasHoles(bad);
      counted += isLeftOut ? 0 : 1;
      badRows += isLeftOut ? 0 : bad;
      const hasFeatures = pointStep(this.#state.points[p] as PointFeaturesState, isStill ? Number.NaN : value, isHeld, features, p, points);
      if (hasFeatures && !isLeftOut) continue;
      masked = [...masked, p];
      for (let column = p; column < features.length; column += points) features[column] = Number.NaN;
      isWarmingUp ||= !hasFeatures && !isStill && Number.isFinite(value);
    }
    const visible = points - masked.length;
    const isBad = isBadWindow(badRows, counted);
    const isEnough = !isBad && visible > 0 && visible >= featureSettings.minVisibleShare * this.#monitored;
    return {
      features: isEnough ? features : null,
      reason: isEnough ? "ok" : isWarmingUp && !isBad ? "warming_up" : "too_many_missing",
      masked,
      sensorEvents,
    };
  }

  /**
   * Feeds the learning rows to a fresh stream, so that scoring goes on without a break. Their sensor events are not lost: a sensor that is
   * frozen at the end is reported with the next row in which it still stands still.
   */
  prime(rows: readonly Row[]): void {
    for (const row of rows) this.push(row);
    for (const state of this.#state.stillness) if (state.verdict === "frozen") state.verdict = "suspicious";
  }

  /** A technician found nothing wrong: what the machine does now counts as normal, and is what later rows are measured from. */
  accept(): void {
    this.#state.points.forEach(acceptPoint);
  }

  /** Whether a point (its index) is hidden because it stands still, or never moved; it may be hidden for other reasons, too. */
  isStill(p: number): boolean {
    return this.#learned[p]?.is_monitored !== true || this.#state.stillness[p]?.verdict !== "moving";
  }

  /** Where it stands, to be written down at once: it changes with the next row. */
  get state(): MachineStreamSnapshot {
    return this.#state;
  }

  /** Also after a step back in time: monotonic time begins anew with every boot. */
  #restartAfterGap(atMs: number): void {
    const { lastAtMs } = this.#state;
    const elapsedMs = lastAtMs === null ? 0 : atMs - lastAtMs;
    if (elapsedMs < 0 || elapsedMs > featureSettings.maxGapPeriods * this.#schema.period_ms) {
      this.#state.points.forEach(restartPoint);
      this.#state.bad.fill(0);
    }
    this.#state.lastAtMs = atMs;
  }

  /** @returns how many of its last rows were bad */
  #observeBad(p: number, value: number): number {
    const window = badWindowStep(this.#state.bad[p] as number, !Number.isFinite(value));
    this.#state.bad[p] = window;
    return badRowsOf(window);
  }

  #observeStillness(p: number, value: number): SensorEvent | null {
    const { point } = this.#learned[p] as PointStillness;
    const state = this.#state.stillness[p] as StillnessState;
    const { verdict, stillRows } = state;
    stillnessStep(state, value, this.#learned[p] as PointStillness);
    if (state.verdict === verdict) return null;
    if (state.verdict === "frozen") return { point, kind: "frozen", stillRows: state.stillRows };
    return verdict === "frozen" ? { point, kind: "moving_again", stillRows } : null;
  }
}
