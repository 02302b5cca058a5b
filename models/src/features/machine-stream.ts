// From the rows of a machine to what its model sees: sensors that stand still are found and hidden, the rest becomes features.
// One instance per machine; its whole state is plain JSON (`snapshot`), to be committed together with the prediction it led to.
// State grows with the number of points only.
import type { FeatureSchema, PointStillness } from "@millwright/contract/model-manifest";
import { featureSettings } from "../settings.ts";
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

export type MachineStreamSnapshot = { lastAtMs: number | null; points: PointFeaturesState[]; stillness: StillnessState[] };

export type MachineStreamOptions = { schema: FeatureSchema; stillness: readonly PointStillness[]; snapshot?: MachineStreamSnapshot };

export class MachineStream {
  readonly #schema: FeatureSchema;
  readonly #learned: readonly PointStillness[];
  readonly #monitored: number;
  #state: MachineStreamSnapshot;

  constructor({ schema, stillness, snapshot }: MachineStreamOptions) {
    this.#schema = schema;
    this.#learned = stillness;
    this.#monitored = stillness.filter(({ is_monitored }) => is_monitored).length;
    this.#state =
      snapshot === undefined
        ? { lastAtMs: null, points: schema.points.map(initialPointFeatures), stillness: schema.points.map(() => initialStillness) }
        : structuredClone(snapshot);
  }

  /** @param row its `isHeld`: the last decision's `hold` (the score is high: what is seen now must not become normal) */
  push({ atMs, values, isHeld = false }: Row & { readonly isHeld?: boolean }): MachineStep {
    this.#restartAfterGap(atMs);
    const { points } = this.#schema;
    const features = new Float32Array(this.#schema.columns.length).fill(Number.NaN);
    const masked: number[] = [];
    const sensorEvents: SensorEvent[] = [];
    let isWarmingUp = false;
    for (let p = 0; p < points.length; p += 1) {
      const value = values[p] as number;
      const isHidden = this.#observeStillness(p, value, sensorEvents);
      const state = this.#state.points[p] as PointFeaturesState;
      const figures = pointStep(state, isHidden ? Number.NaN : value, isHeld);
      if (figures === null) masked.push(p);
      else for (const [kind, figure] of figures.entries()) features[kind * points.length + p] = figure;
      isWarmingUp ||= figures === null && !isHidden && Number.isFinite(value);
    }
    const visible = points.length - masked.length;
    if (visible > 0 && visible >= featureSettings.minVisibleShare * this.#monitored)
      return { features, reason: "ok", masked, sensorEvents };
    return { features: null, reason: isWarmingUp ? "warming_up" : "too_many_missing", masked, sensorEvents };
  }

  /**
   * Feeds the learning rows to a fresh stream, so that scoring goes on without a break. Their sensor events are not lost: a sensor that is
   * frozen at the end is reported with the next row in which it still stands still.
   */
  prime(rows: readonly Row[]): void {
    for (const row of rows) this.push(row);
    this.#state.stillness = this.#state.stillness.map((state) =>
      state.verdict === "frozen" ? { ...state, verdict: "suspicious" } : state,
    );
  }

  /** A technician found nothing wrong: what the machine does now counts as normal, and is what later rows are measured from. */
  accept(): void {
    this.#state.points.forEach(acceptPoint);
  }

  /** Where it stands, to be written down at once: it changes with the next row. */
  get state(): MachineStreamSnapshot {
    return this.#state;
  }

  /** Also after a step back in time: monotonic time begins anew with every boot. */
  #restartAfterGap(atMs: number): void {
    const { lastAtMs } = this.#state;
    const elapsedMs = lastAtMs === null ? 0 : atMs - lastAtMs;
    if (elapsedMs < 0 || elapsedMs > featureSettings.maxGapPeriods * this.#schema.period_ms) this.#state.points.forEach(restartPoint);
    this.#state.lastAtMs = atMs;
  }

  #observeStillness(p: number, value: number, events: SensorEvent[]): boolean {
    const learned = this.#learned[p] as PointStillness;
    const before = this.#state.stillness[p] as StillnessState;
    const after = stillnessStep(before, value, learned);
    this.#state.stillness[p] = after;
    if (after.verdict === "frozen" && before.verdict !== "frozen")
      events.push({ point: learned.point, kind: "frozen", stillRows: after.stillRows });
    if (after.verdict !== "frozen" && before.verdict === "frozen")
      events.push({ point: learned.point, kind: "moving_again", stillRows: before.stillRows });
    return !learned.is_monitored || after.verdict !== "moving";
  }
}
