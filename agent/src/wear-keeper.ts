// The wear of one machine's bearings, kept over restarts: its state is a few kilobytes, and is committed with each snapshot, once in ten minutes mostly.
import type { Signal } from "@millwright/contract/prediction";
import { type WearFinding, WearLayer, type WearRule, type WearSensorState } from "@millwright/models/decisions/wear-layer";
import { type LayerCommit, type LayerRow, type LayerStatus, type LearnedLayer, nothingToCommit, type Spoken } from "./learned-layer.ts";
import type { Outbox } from "./outbox/outbox.ts";

export type WearKeeperOptions = {
  key: string;
  rules: readonly WearRule[];
  /** Of all points of the machine, in the order of its rows. */
  names: readonly string[];
  unitOf: (point: string) => string;
  periodMs: number;
  outbox: Outbox;
};

/** `of`: what it was gathered of; of anything else it is of no use. */
type Saved = { of: string; states: WearSensorState[] };

export class WearKeeper implements LearnedLayer {
  readonly #o: WearKeeperOptions;
  readonly #id: string;
  readonly #of: string;
  #layer: WearLayer;

  constructor(options: WearKeeperOptions) {
    const { key, rules, unitOf } = options;
    this.#o = options;
    this.#id = `${key}#wear`;
    this.#of = JSON.stringify(rules.map(({ levels, bands, everyMs }) => [levels, bands, [...levels, ...bands].map(unitOf), everyMs]));
    this.#layer = new WearLayer(options);
  }

  async load(): Promise<void> {
    const json = await this.#o.outbox.machineState(this.#id);
    const saved = json === null ? null : (JSON.parse(json) as Saved);
    if (saved?.of === this.#of) this.#layer = new WearLayer({ ...this.#o, states: saved.states });
  }

  row(row: LayerRow): LayerCommit {
    return this.#layer.push(row) ? this.#commit() : nothingToCommit;
  }

  beginAnew(): LayerCommit {
    this.#layer = new WearLayer(this.#o);
    return this.#commit();
  }

  get spoken(): Spoken {
    const { level, findings } = this.#layer.output;
    return {
      name: "wear",
      level,
      signals: this.#signals(findings),
      sentence: findings.map((finding) => this.#sentence(finding)).join(" "),
    };
  }

  get status(): LayerStatus {
    const { fraction, missing } = this.#layer.readiness;
    const points = this.#o.rules.flatMap(({ levels }) => levels);
    return { layer: "wear", points, readiness: fraction, missing, level: this.#layer.output.level };
  }

  #commit(): LayerCommit {
    const saved: Saved = { of: this.#of, states: this.#layer.states };
    return { ...nothingToCommit, states: [{ machine: this.#id, json: JSON.stringify(saved) }] };
  }

  /** Each signal's share is how much it has grown, on a logarithmic scale. */
  #signals(findings: readonly WearFinding[]): Signal[] {
    const grown = findings.flatMap(({ points }) =>
      points.map((one) => ({ ...one, growth: Math.max(0, Math.log(one.now / one.baseline) || 0) })),
    );
    const sum = grown.reduce((all, { growth }) => all + growth, 0);
    return grown
      .map(({ point, now, baseline, growth }) => ({
        point,
        unit: this.#o.unitOf(point),
        baseline: finiteOrNull(baseline),
        now: finiteOrNull(now),
        contribution: sum === 0 ? 1 / grown.length : growth / sum,
      }))
      .sort((a, b) => b.contribution - a.contribution);
  }

  #sentence({ points, score, growth }: WearFinding): string {
    const told = points.map(({ point, now, baseline }) => `${point} is ${figure(now)}, it was ${figure(baseline)}`).join("; ");
    const stage = growth === null ? "" : `; the middle bands are ${figure(growth)} times as strong as in their quietest time`;
    return `Its vibration grows: ${told}; ${figure(score)} times its wear limit${stage}.`;
  }
}

const figure = (value: number): number => Number(value.toPrecision(3));
const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
