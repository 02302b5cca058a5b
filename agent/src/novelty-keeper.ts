// The novelty of a machine's single registers, kept over restarts. What it remembers is up to 1 MB a register, so the whole is written every thousand
// rows only; each row between is kept by itself, and shown again after a restart, so that nothing it has seen is forgotten.
import type { Signal } from "@millwright/contract/prediction";
import { type NoveltyFinding, NoveltyLayer, noveltyPeriodMs, type WatchSnapshot } from "@millwright/models/decisions/novelty-layer";
import { type LayerCommit, type LayerRow, type LayerStatus, type LearnedLayer, nothingToCommit, type Spoken } from "./learned-layer.ts";
import { packRow, unpackRow } from "./learning-row.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { picked } from "./samples/picked-values.ts";

export type NoveltyKeeperOptions = {
  key: string;
  /** Those that are watched. */
  points: readonly string[];
  /** Of all points of the machine, in the order of its rows. */
  names: readonly string[];
  unitOf: (point: string) => string;
  periodMs: number;
  learnRows: number;
  outbox: Outbox;
};

/** Rows between two writes of everything; as many are shown again after a restart at most, some milliseconds. */
const rowsBetweenSaves = 1_000;

/** `of`: what it was gathered of; of anything else it is of no use. `watches` null: only rows were kept yet. */
type Saved = { of: string; watches: unknown };

export class NoveltyKeeper implements LearnedLayer {
  readonly #o: NoveltyKeeperOptions;
  readonly #id: string;
  readonly #of: string;
  readonly #places: readonly number[];
  #layer: NoveltyLayer;
  /** Rows kept since everything was written; null: nothing of this one is on the disk yet. */
  #rowsKept: number | null = null;

  constructor(options: NoveltyKeeperOptions) {
    const { key, points, names, unitOf, periodMs } = options;
    this.#o = options;
    this.#id = `${key}#novelty`;
    this.#of = JSON.stringify([points, points.map(unitOf), noveltyPeriodMs(periodMs)]);
    this.#places = points.map((point) => names.indexOf(point));
    this.#layer = new NoveltyLayer(options);
  }

  async load(): Promise<void> {
    const { outbox } = this.#o;
    const [json, rows] = await Promise.all([outbox.machineState(this.#id), outbox.learningRows(this.#id)]);
    const saved = json === null ? null : (JSON.parse(json, readArrays) as Saved);
    if (saved?.of !== this.#of) return;
    this.#layer = new NoveltyLayer({ ...this.#o, snapshot: (saved.watches ?? undefined) as readonly WatchSnapshot[] | undefined });
    for (const { atMs, body } of rows) this.#layer.take(atMs, unpackRow(body));
    this.#rowsKept = rows.length;
  }

  row({ atMs, values }: LayerRow): LayerCommit {
    const gathered = this.#layer.gather(atMs, picked(values, this.#places));
    if (gathered === null) return nothingToCommit;
    const begun = this.#rowsKept === null ? this.#save(null) : nothingToCommit;
    this.#layer.take(atMs, gathered);
    this.#rowsKept = (this.#rowsKept ?? 0) + 1;
    if (this.#rowsKept >= rowsBetweenSaves) return this.#save(this.#layer.snapshot());
    return { ...begun, learningRows: [{ machine: this.#id, atMs, body: packRow(gathered) }] };
  }

  beginAnew(): LayerCommit {
    this.#layer = new NoveltyLayer(this.#o);
    return this.#save(null);
  }

  get spoken(): Spoken {
    const { level, findings } = this.#layer.output;
    const sum = findings.reduce((all, { score }) => all + score, 0);
    const signals = findings.map((finding) => this.#signal(finding, sum));
    return { name: "novelty", level, signals, sentence: findings.map(sentenceOf).join(" ") };
  }

  get status(): LayerStatus {
    const { fraction, missing } = this.#layer.readiness;
    return { layer: "novelty", points: this.#o.points, readiness: fraction, missing, level: this.#layer.output.level };
  }

  #save(watches: readonly WatchSnapshot[] | null): LayerCommit {
    const saved: Saved = { of: this.#of, watches };
    this.#rowsKept = 0;
    return { states: [{ machine: this.#id, json: JSON.stringify(saved, writeArrays) }], clearLearningRows: [this.#id], learningRows: [] };
  }

  #signal({ point, now, usual, score }: NoveltyFinding, sum: number): Signal {
    const baseline = Number.isFinite(usual) ? usual : null;
    return { point, unit: this.#o.unitOf(point), baseline, now, contribution: score / sum };
  }
}

function sentenceOf({ point, now, usual, score, reason }: NoveltyFinding): string {
  const what = reason === "value" ? "a value it never had" : "not as on any of the last days at this time";
  const otherwise = reason === "value" ? "in the middle of its values" : "then";
  return `${point} is ${figure(now)}, ${what} (${otherwise}: ${figure(usual)}); ${figure(score)} times as new as its limit.`;
}

const figure = (value: number): number => Number(value.toPrecision(3));

// Arrays of doubles as base64 of their bytes: exact, and half as long as their figures.
const writeArrays = (_: string, value: unknown): unknown =>
  value instanceof Float64Array ? { doubles: Buffer.from(packRow(value)).toString("base64") } : value;

const readArrays = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "doubles" in value && typeof value.doubles === "string"
    ? unpackRow(Buffer.from(value.doubles, "base64"))
    : value;
