// From the rows of a machine to what its model sees: sensors that stand still, or give too few good values, are hidden, the rest becomes features.
// One instance per machine; its whole state is plain JSON (`snapshot`), to be committed together with the prediction it led to.
// State grows with the number of points only. A row leaves no garbage behind but its features.
import type { FeatureSchema, PointStillness } from "@millwright/contract/model-manifest";
import { featureSettings } from "../settings.ts";
import { badRowsOf, badWindowStep, hasHoles, isBadWindow } from "./bad-window.ts";
import { type Hold, PointFeatures, type PointFeaturesState } from "./point-features.ts";
import type { Row } from "./row.ts";
import { Stillness, type StillnessState } from "./stillness.ts";

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
  readonly #features: PointFeatures;
  readonly #stillness: Stillness;
  readonly #bad: Int32Array;
  #lastAtMs: number | null;

  constructor({ schema, stillness, snapshot }: MachineStreamOptions) {
    this.#schema = schema;
    this.#learned = stillness;
    this.#monitored = stillness.filter(({ is_monitored }) => is_monitored).length;
    this.#features = new PointFeatures(schema.points.length, snapshot?.points);
    this.#stillness = new Stillness(stillness, snapshot?.stillness);
    this.#bad = Int32Array.from(schema.points, (_, p) => snapshot?.bad?.[p] ?? 0);
    this.#lastAtMs = snapshot?.lastAtMs ?? null;
  }

  /**
   * @param row its `hold`: the last decision's (what is seen now of these points must not become normal)
   * @param features where they go; an array that is used again costs nothing, a new one more than the features
   */
  push(
    { atMs, values, hold = "leaders" }: Row & { readonly hold?: Hold },
    features = new Float32Array(this.#schema.columns.length),
  ): MachineStep {
    this.#restartAfterGap(atMs);
    const points = this.#schema.points.length;
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
      const hasFeatures = this.#features.step(p, values, isStill, hold, features);
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
    const features = new Float32Array(this.#schema.columns.length);
    for (const row of rows) this.push(row, features);
    this.#stillness.tellAgain();
  }

  /**
   * The score of the row pushed last: whose it is decides which points are held.
   * @param contribution figures ≥ 0 of all points, kind by kind, or one a point; their proportions count. Where they say nothing, it may be any point
   */
  attribute({ score, contribution }: { readonly score: number; readonly contribution: ArrayLike<number> }): void {
    const points = this.#schema.points.length;
    let total = 0;
    for (let i = 0; i < contribution.length; i += 1) total += contribution[i] as number;
    const isTold = total > 0 && Number.isFinite(total);
    for (let p = 0; p < points; p += 1) {
      let own = 0;
      for (let i = p; i < contribution.length; i += points) own += contribution[i] as number;
      this.#features.attribute(p, isTold ? (score * own) / total : score);
    }
  }

  /** A technician found nothing wrong: what the machine does now counts as normal, and is what later rows are measured from. */
  accept(): void {
    this.#features.accept();
  }

  /** Whether a point (its index) is hidden because it stands still, or never moved; it may be hidden for other reasons, too. */
  isStill(p: number): boolean {
    return this.#learned[p]?.is_monitored !== true || !this.#stillness.isMoving(p);
  }

  /** Where it stands. */
  get state(): Required<MachineStreamSnapshot> {
    return { lastAtMs: this.#lastAtMs, points: this.#features.state, stillness: this.#stillness.state, bad: [...this.#bad] };
  }

  /** Also after a step back in time: monotonic time begins anew with every boot. */
  #restartAfterGap(atMs: number): void {
    const elapsedMs = this.#lastAtMs === null ? 0 : atMs - this.#lastAtMs;
    if (elapsedMs < 0 || elapsedMs > featureSettings.maxGapPeriods * this.#schema.period_ms) {
      this.#features.restart();
      this.#bad.fill(0);
    }
    this.#lastAtMs = atMs;
  }

  /** @returns how many of its last rows were bad */
  #observeBad(p: number, value: number): number {
    const window = badWindowStep(this.#bad[p] as number, !Number.isFinite(value));
    this.#bad[p] = window;
    return badRowsOf(window);
  }

  #observeStillness(p: number, value: number): SensorEvent | null {
    const before = this.#stillness.verdictOf(p);
    const stillRows = this.#stillness.rowsOf(p);
    this.#stillness.step(p, value);
    const now = this.#stillness.verdictOf(p);
    if (now === before) return null;
    const { point } = this.#learned[p] as PointStillness;
    if (now === "frozen") return { point, kind: "frozen", stillRows: this.#stillness.rowsOf(p) };
    return before === "frozen" ? { point, kind: "moving_again", stillRows } : null;
  }
}
