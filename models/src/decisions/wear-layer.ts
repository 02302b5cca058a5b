// Bearings whose vibration grows: one chart for each sensor (detectors/wear-chart, wear-stage). In: rows of a machine that runs. Out: the level of the
// layer and which sensors speak. The chart's alarm is a warning, and critical where the stage of wear of the middle bands is, too. Nothing is said before
// the chart has learned its first 150 snapshots. Memory: a few hundred numbers a sensor.
import { inWords } from "../detectors/readiness.ts";
import { learningSnapshots, WearChart, type WearChartState } from "../detectors/wear-chart.ts";
import { WearStage, type WearStageState } from "../detectors/wear-stage.ts";
import { RowMeans } from "../features/row-means.ts";
import { type LayerLevel, rank } from "./combine-layers.ts";

/** One bearing. `levels` and `bands` are points: positive figures of how strong it vibrates, whole and in its middle bands. */
export type WearRule = {
  readonly levels: readonly string[];
  /** 1–3 and 3–6 kHz; none: nothing is critical. */
  readonly bands: readonly string[];
  /** Between two snapshots, machine ms. */
  readonly everyMs: number;
};

export type WearFinding = {
  readonly level: LayerLevel;
  /** The sensor's levels in the last snapshot, each beside what it is measured from. */
  readonly points: readonly { readonly point: string; readonly now: number; readonly baseline: number }[];
  /** Of the chart; 1 is its limit. */
  readonly score: number;
  /** Times the quietest level of the middle bands; null where none are watched. */
  readonly growth: number | null;
};

export type WearOutput = { readonly level: LayerLevel; readonly findings: readonly WearFinding[] };

/** Plain JSON. */
export type WearSensorState = {
  readonly chart: WearChartState;
  readonly stage: WearStageState;
  readonly level: LayerLevel;
  readonly quiet: number;
  readonly last: { readonly levels: readonly number[]; readonly bands: readonly number[]; score: number; growth: number | null } | null;
};

/** A level is left after so many snapshots below it in succession, so that one that plays around its limit is one alarm. */
const clearSnapshots = 10;

export class WearLayer {
  readonly #sensors: readonly WearSensor[];

  /** @param options `names` of the rows' values; `states` of an earlier layer with the same rules */
  constructor(options: {
    rules: readonly WearRule[];
    names: readonly string[];
    periodMs: number;
    states?: readonly WearSensorState[] | undefined;
  }) {
    const { rules, names, periodMs, states } = options;
    this.#sensors = rules.map((rule, i) => new WearSensor(rule, { names, periodMs }, states?.[i]));
  }

  /** @param row `isHealthy`: nothing else says that something is wrong; other rows are not learned. @returns whether a snapshot was taken */
  push(row: { atMs: number; values: ArrayLike<number>; isHealthy: boolean }): boolean {
    return this.#sensors.map((sensor) => sensor.push(row)).includes(true);
  }

  get output(): WearOutput {
    const findings = this.#sensors.flatMap(({ finding }) => (finding === null ? [] : [finding]));
    findings.sort((a, b) => rank[b.level] - rank[a.level] || b.score - a.score);
    return { level: findings[0]?.level ?? "normal", findings };
  }

  /** Of the sensor that needs longest: 0…1, and what is missing in words; null: nothing. */
  get readiness(): { readonly fraction: number; readonly missing: string | null } {
    return this.#sensors.map((sensor) => sensor.readiness).reduce((worst, one) => (one.fraction < worst.fraction ? one : worst));
  }

  get states(): WearSensorState[] {
    return this.#sensors.map(({ state }) => state);
  }
}

class WearSensor {
  readonly #rule: WearRule;
  readonly #places: readonly number[];
  readonly #means: RowMeans;
  readonly #chart: WearChart;
  readonly #stage: WearStage;
  #level: LayerLevel;
  #quiet: number;
  #last: WearSensorState["last"];

  constructor(rule: WearRule, { names, periodMs }: { names: readonly string[]; periodMs: number }, state?: WearSensorState) {
    this.#rule = rule;
    this.#places = [...rule.levels, ...rule.bands].map((name) => names.indexOf(name));
    this.#means = new RowMeans({ width: this.#places.length, periodMs, everyMs: rule.everyMs });
    this.#chart = new WearChart(state?.chart);
    this.#stage = new WearStage(undefined, state?.stage);
    this.#level = state?.level ?? "normal";
    this.#quiet = state?.quiet ?? 0;
    this.#last = state?.last ?? null;
  }

  push({ atMs, values, isHealthy }: { atMs: number; values: ArrayLike<number>; isHealthy: boolean }): boolean {
    if (this.#chart.wanted > 0 && !isHealthy) return false;
    const snapshot = this.#means.push(
      atMs,
      this.#places.map((place) => values[place] ?? Number.NaN),
    );
    if (snapshot === null) return false;
    const levels = [...snapshot.slice(0, this.#rule.levels.length)];
    const bands = [...snapshot.slice(this.#rule.levels.length)];
    const { score, alarm } = this.#chart.push(levels);
    const { growth, stage } = bands.length === 0 ? ({ growth: null, stage: "normal" } as const) : this.#stage.push(bands);
    if (score === null) return true;
    this.#last = { levels, bands, score, growth };
    this.#follow(!alarm ? "normal" : stage === "critical" ? "critical" : "warning");
    return true;
  }

  get finding(): WearFinding | null {
    if (this.#level === "normal" || this.#last === null) return null;
    const { levels, bands, score, growth } = this.#last;
    const measured = [
      ...pointsOf(this.#rule.levels, levels, this.#chart.baselines ?? []),
      ...pointsOf(this.#rule.bands, bands, this.#stage.quietest),
    ];
    return { level: this.#level, points: measured, score, growth };
  }

  get readiness(): { fraction: number; missing: string | null } {
    const { wanted } = this.#chart;
    const fraction = (learningSnapshots - wanted) / learningSnapshots;
    return {
      fraction,
      missing: wanted === 0 ? null : `${wanted} more snapshots, about ${inWords(wanted * this.#rule.everyMs)} of running`,
    };
  }

  get state(): WearSensorState {
    return { chart: this.#chart.state, stage: this.#stage.state, level: this.#level, quiet: this.#quiet, last: this.#last };
  }

  #follow(now: LayerLevel): void {
    this.#quiet = rank[now] < rank[this.#level] ? this.#quiet + 1 : 0;
    if (this.#quiet > 0 && this.#quiet < clearSnapshots) return;
    this.#level = now;
    this.#quiet = 0;
  }
}

const pointsOf = (names: readonly string[], now: readonly number[], baseline: readonly number[]): WearFinding["points"] =>
  names.map((point, i) => ({ point, now: now[i] ?? Number.NaN, baseline: baseline[i] ?? Number.NaN }));
