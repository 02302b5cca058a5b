// The layers of one machine that learn by themselves, beside its baseline: wear of its bearings, novelty of its single registers. In: each row. Out: how
// they stand, and what is committed with the row. A machine that has none costs nothing.
import type { WearRule } from "@millwright/models/decisions/wear-layer";
import type { SayEvent } from "./events.ts";
import { type LayerCommit, type LayerRow, type LayerStatus, type LearnedLayer, nothingToCommit, type Spoken } from "./learned-layer.ts";
import { NoveltyKeeper } from "./novelty-keeper.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { WearKeeper } from "./wear-keeper.ts";

export type LearnedLayersOptions = {
  machine: { readonly name: string };
  key: string;
  /** Of all points of the machine, in the order of its rows. */
  names: readonly string[];
  unitOf: (point: string) => string;
  /** Bearings that are watched for wear. */
  wear: readonly WearRule[];
  /** Points that are watched each by itself. */
  novelty: readonly string[];
  periodMs: number;
  wantedRows: number;
  outbox: Outbox;
  say: SayEvent;
  /** A layer begins to learn, or is ready. */
  onStatus: () => void;
};

export class LearnedLayers {
  readonly #o: LearnedLayersOptions;
  readonly #layers: readonly LearnedLayer[];
  #spoken: readonly Spoken[] = [];
  #commit: LayerCommit = nothingToCommit;
  /** What each was missing when it was told last. */
  readonly #told = new Map<LearnedLayer, string | null>();

  constructor(options: LearnedLayersOptions) {
    const { wear, novelty, wantedRows } = options;
    this.#o = options;
    this.#layers = [
      ...(wear.length === 0 ? [] : [new WearKeeper({ ...options, rules: wear })]),
      ...(novelty.length === 0 ? [] : [new NoveltyKeeper({ ...options, points: novelty, learnRows: wantedRows })]),
    ];
  }

  async load(): Promise<void> {
    await Promise.all(this.#layers.map((layer) => layer.load()));
    this.#look();
  }

  /** @param row with `isJudged`: the machine runs; otherwise nothing is counted and every level is held @returns how the layers stand */
  row(row: LayerRow & { isJudged: boolean }): readonly Spoken[] {
    if (this.#layers.length === 0 || !row.isJudged) return this.#spoken;
    this.#commit = together(this.#layers.map((layer) => layer.row(row)));
    this.#look();
    return this.#spoken;
  }

  /** What must become durable with the last row, once; `rows` beside it. */
  commitWith(rows: LayerCommit["learningRows"]): LayerCommit {
    const commit = this.#commit;
    this.#commit = nothingToCommit;
    return rows.length === 0 ? commit : { ...commit, learningRows: [...commit.learningRows, ...rows] };
  }

  /** The machine was serviced. @returns what is to be committed */
  beginAnew(): LayerCommit {
    const commit = together(this.#layers.map((layer) => layer.beginAnew()));
    this.#look();
    return commit;
  }

  /** How they stand, without another row. */
  get spoken(): readonly Spoken[] {
    return this.#spoken;
  }

  get status(): LayerStatus[] {
    return this.#layers.map(({ status }) => status);
  }

  #look(): void {
    this.#spoken = this.#layers.map(({ spoken }) => spoken);
    for (const layer of this.#layers) this.#tell(layer);
  }

  /** When it begins to learn, and when it is ready. */
  #tell(layer: LearnedLayer): void {
    const { layer: name, points, missing } = layer.status;
    const before = this.#told.get(layer);
    if (before !== undefined && (before === null) === (missing === null)) return;
    this.#told.set(layer, missing);
    const text = `${name} of ${points.join(", ")} ${missing === null ? "is watched" : `is being learned: ${missing}`}`;
    this.#o.say({ event: "layer", machine: this.#o.machine.name, layer: name, isReady: missing === null, text });
    this.#o.onStatus();
  }
}

function together(commits: readonly LayerCommit[]): LayerCommit {
  const [only] = commits;
  if (commits.length === 1 && only !== undefined) return only;
  return {
    states: commits.flatMap(({ states }) => states),
    clearLearningRows: commits.flatMap(({ clearLearningRows }) => clearLearningRows),
    learningRows: commits.flatMap(({ learningRows }) => learningRows),
  };
}
