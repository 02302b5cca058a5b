// One machine's model, live: its feature stream, and its scorer, which for a bundle that is no detector of our own runs in the model worker. In: a row.
// Out: a score with contributions, or why there is none; and what the stream learned about the sensors. A model that may not be used gives no figure, ever.
import type { FeatureSchema, ModelManifest } from "@millwright/contract/model-manifest";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import { strangeColumn } from "@millwright/models/features/feature-columns";
import { MachineStream, type MachineStreamSnapshot, type SensorEvent } from "@millwright/models/features/machine-stream";
import { modelInputs } from "@millwright/models/features/model-inputs";
import type { Hold } from "@millwright/models/features/point-features";
import type { Row } from "@millwright/models/features/row";
import { agentFault } from "../faults.ts";
import type { ModelRunner } from "./model-runner.ts";

export type Scored = {
  score: number | UnavailableReason;
  /** One a point, or one per feature of the stream (kind by kind, point by point); empty where there is no score. Good until the machine's next row. */
  contribution: Float32Array;
  masked: readonly number[];
  sensorEvents: readonly SensorEvent[];
};

export type MachineModel = {
  readonly manifest: ModelManifest;
  readonly stream: MachineStream;
  /** Values in the order of the manifest's points. Never rejects. */
  score(row: Row & { hold: Hold }): Promise<Scored> | Scored;
  /** After the model thread was replaced: the same bundle in the new one, and the stream goes on. @throws Fault where it is another one now, or refused */
  reopen(): Promise<void>;
  close(): Promise<void>;
};

export type OpenModel = {
  models: ModelRunner;
  /** Name under which the worker holds it: one per machine. */
  key: string;
  folder: string;
  /** The machine's measurements; the bundle must have been made for these, in whatever order. */
  points: readonly { name: string; unit: string }[];
  /** Where the stream was, and with which model (its hash). */
  stream: { model: string; snapshot: MachineStreamSnapshot } | null;
};

const nothing = new Float32Array();

const shared = new Map<number, Float32Array<ArrayBuffer>>();

function sharedFeatures(width: number): Float32Array<ArrayBuffer> {
  const known = shared.get(width) ?? new Float32Array(width);
  shared.set(width, known);
  return known;
}

/** @throws Fault model_refused with what is wrong with the bundle. */
export async function openMachineModel({ models, key, folder, points, stream: kept }: OpenModel): Promise<MachineModel> {
  const { manifest, scorer } = await models.load({ key, folder });
  const refuse = async (why: string): Promise<never> => {
    await models.ask({ kind: "close", key });
    throw agentFault("model_refused", `${folder} was made for ${why}`);
  };
  const missing = manifest.features.points.find(({ name, unit }) => !points.some((point) => point.name === name && point.unit === unit));
  if (missing !== undefined) return refuse(`the point ${missing.name} in ${missing.unit}, which this machine does not have`);
  const inputs = modelInputs(manifest);
  if (inputs === null)
    return refuse(`the feature ${strangeColumn(manifest.features)?.column}, which this version does not compute like that`);
  const stream = streamOf(manifest, inputs.whole, kept);
  // A row that is scored here needs them for that long; one that is asked for, until it is copied, and one of a machine is asked for at a time.
  const width = inputs.whole.columns.length;
  const featuresOfRow = scorer === null ? new Float32Array(width) : sharedFeatures(width);
  const parts = new Float32Array(manifest.features.points.length);
  return {
    manifest,
    stream,
    score(row) {
      const { features, reason, masked, sensorEvents } = stream.push(row, featuresOfRow);
      const step = { masked, sensorEvents };
      if (features === null) return unscored(reason === "warming_up" ? "warming_up" : "too_few_good_points", step);
      const seen = inputs.pick(features);
      if (seen === null) return unscored("too_few_good_points", step);
      if (scorer !== null) return scoredBy(stream, scorer.score(seen, parts), parts, step);
      return models.ask({ kind: "score", key, features: seen }).then(
        ({ score, contribution }) => scoredBy(stream, score, inputs.spread(contribution), step),
        () => unscored("model_failed", step),
      );
    },
    async reopen() {
      if (scorer !== null) return;
      const { manifest: now } = await models.load({ key, folder });
      if (now.model_sha256 !== manifest.model_sha256) throw agentFault("model_refused", `${folder} holds another model now`);
    },
    close: async () => {
      await models.ask({ kind: "close", key });
    },
  };
}

type Step = Pick<Scored, "masked" | "sensorEvents">;

const unscored = (why: UnavailableReason, { masked, sensorEvents }: Step): Scored => ({
  score: why,
  contribution: nothing,
  masked,
  sensorEvents,
});

function scoredBy(stream: MachineStream, score: number, contribution: Float32Array, step: Step): Scored {
  if (!Number.isFinite(score)) return unscored("model_failed", step);
  stream.attribute({ score, contribution });
  return { score, contribution, masked: step.masked, sensorEvents: step.sensorEvents };
}

// What a stream remembers belongs to one model; with another one it starts anew.
function streamOf(manifest: ModelManifest, schema: FeatureSchema, kept: OpenModel["stream"]): MachineStream {
  const snapshot = kept?.model === manifest.model_sha256 ? { snapshot: kept.snapshot } : {};
  return new MachineStream({ schema, stillness: manifest.stillness, ...snapshot });
}
