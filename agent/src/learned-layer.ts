// What a layer that learns by itself, beside the baseline, promises the flow of its machine: it sees the rows in which the machine runs, says how it
// stands, and what must be committed with a row so that it stands so after a kill, too.
import type { Level, Signal } from "@millwright/contract/prediction";
import type { OutboxCommit } from "./outbox/outbox.ts";

export type LearnedLayerName = "wear" | "novelty";

/** `isHealthy`: no limit is crossed and no vibration is in zone C or D. `values` of all points of the machine. */
export type LayerRow = { readonly atMs: number; readonly values: Float64Array; readonly isHealthy: boolean };

export type Spoken = {
  readonly name: LearnedLayerName;
  readonly level: Level;
  readonly signals: readonly Signal[];
  /** For the log of the box. */
  readonly sentence: string;
};

/** `readiness` 0…1; `missing` in plain words, null where nothing is. */
export type LayerStatus = {
  readonly layer: LearnedLayerName;
  readonly points: readonly string[];
  readonly readiness: number;
  readonly missing: string | null;
  readonly level: Level;
};

export type LayerCommit = Required<Omit<OutboxCommit, "records" | "withinMs">>;

export type LearnedLayer = {
  /** Where the last commit left off. */
  load(): Promise<void>;
  row(row: LayerRow): LayerCommit;
  /** The machine was serviced: everything is learned again. */
  beginAnew(): LayerCommit;
  readonly spoken: Spoken;
  readonly status: LayerStatus;
};

export const nothingToCommit: LayerCommit = { states: [], clearLearningRows: [], learningRows: [] };
