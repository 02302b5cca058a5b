// What the model worker is asked and what it answers. Arrays travel by transfer; everything else is plain JSON.

import type { Thresholds } from "@millwright/contract/model-manifest";
import type { MachineClass } from "@millwright/contract/names";
import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import type { DetectorTables } from "@millwright/models/detectors/detector-tables";
import type { TrustedKeys } from "@millwright/models/onnx/read-signed-bundle";
import type { PackedRows, PackedScores } from "./packed-rows.ts";

export type LearnRequest = {
  kind: "learn";
  /** Folder the bundle is written to, as a whole or not at all. */
  folder: string;
  id: string;
  /** The baseline's generation. */
  version: number;
  machineClass: MachineClass;
  points: { name: string; unit: string }[];
  periodMs: number;
  /** Healthy rows in time order, `points.length` values each; NaN where a value was not good. */
  atMs: Float64Array;
  values: Float64Array;
  parent: string | null;
  thresholds: Thresholds;
  createdAt: string;
  /** PEM of the key that signs it. */
  signingKey: string;
};
/** What the runner is asked; it signs with the box's key. */
export type LearnAsked = Omit<LearnRequest, "signingKey">;
/** Whose bundle is it, and which? Nothing in it is run. */
export type InspectRequest = { kind: "inspect"; folder: string; keys: TrustedKeys };
/** `bundleSha256`: the one that may be opened. */
export type LoadRequest = { kind: "load"; key: string; folder: string; keys: TrustedKeys; bundleSha256: string };
/** One more machine for a bundle that is open already. */
export type JoinRequest = { kind: "join"; key: string; bundleSha256: string };
export type ScoreRequest = { kind: "score"; key: string; features: Float32Array };
/** The same of a bundle of a prognosis. */
export type LoadPrognosisRequest = Omit<LoadRequest, "kind"> & { kind: "load_prognosis" };
/** One cycle of one machine. */
export type ForecastRequest = { kind: "forecast"; key: string; features: Float32Array };
/** Of a model or a prognosis. */
export type CloseRequest = { kind: "close"; key: string };
/** What is asked of many machines at the same time, and answered together. */
export type RowRequest = ScoreRequest | ForecastRequest;
export type ModelRequest = LearnRequest | InspectRequest | LoadRequest | LoadPrognosisRequest | JoinRequest | RowRequest | CloseRequest;

export const isRowRequest = (request: ModelRequest): request is RowRequest => request.kind === "score" || request.kind === "forecast";

export type LearnReply = { ok: true; notes: string[] } | { ok: false; reason: string };
export type InspectReply = { bundleSha256: string; publicKey: string };
/** false: it is not open any more, and has to be loaded. */
export type JoinReply = { isOpen: boolean };
/**
 * A ModelManifest as text: parsed, its rows of numbers take 8 bytes each; copied between threads as they are, 24. `tables`: it is a detector of our own,
 * to be scored by whoever asked; the thread keeps nothing of it. Otherwise null: the thread scores its rows.
 */
export type LoadReply = { manifestJson: string; tables: DetectorTables | null };
export type LoadPrognosisReply = { manifest: PrognosisManifest };
/** Low, middle, high, then one probability for each of the manifest's horizons. */
export type ForecastReply = { figures: number[] };
export type ScoreReply = { score: number; contribution: Float32Array };

/** What crosses to the thread: everything asked for within a moment, together; and how it ends. */
export type ToModelThread = { rows: PackedRows; asked: { id: number; request: Exclude<ModelRequest, ScoreRequest> }[] } | "end";
/** What crosses back: answers that were ready together. */
export type FromModelThread = ({ id: number; reply: ReplyOf<ModelRequest> } | { id: number; error: ModelError } | PackedScores)[];

export type ReplyOf<R extends Pick<ModelRequest, "kind">> = R extends { kind: "learn" }
  ? LearnReply
  : R extends JoinRequest
    ? JoinReply
    : R extends LoadRequest
      ? LoadReply
      : R extends InspectRequest
        ? InspectReply
        : R extends ScoreRequest
          ? ScoreReply
          : R extends ForecastRequest
            ? ForecastReply
            : R extends LoadPrognosisRequest
              ? LoadPrognosisReply
              : null;

/** A failure inside the worker, as it crosses the thread. */
export type ModelError = { code: string; detail: string };
