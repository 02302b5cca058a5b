// One ONNX session: features in, scores and contributions out. `run()` of onnxruntime blocks the thread it is called on: on the box this
// file runs in a worker. One intra-op thread; a small graph gains nothing from more.
import { messageOf } from "@millwright/kit/fault";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { modelFault } from "./model-faults.ts";
import { vetGraph } from "./vet-graph.ts";

export type Scores = { readonly score: Float32Array; readonly contribution: Float32Array };

/** The agent runs no more rows than this at once: a graph was vetted for so many. */
export const maxBatchRows = 256;

export type Scorer = {
  /** @param batch rows × F features @returns score[rows], contribution[rows × F] @throws Fault session_failed, also for a score that is no figure */
  score: (batch: Float32Array, rows: number) => Promise<Scores>;
  close: () => Promise<void>;
};

/** @param features F of the manifest @throws Fault model_unreadable, model_not_allowed, model_shape */
export async function openScorer(bytes: Uint8Array, { features }: { features: number }): Promise<Scorer> {
  vetGraph(bytes, { features });
  const session = await openSession(bytes);
  return {
    score: (batch, rows) => run(session, batch, rows, features),
    close: () => session.release(),
  };
}

/** One intra-op thread. @throws Fault model_unreadable */
export async function openSession(bytes: Uint8Array): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, {
      executionProviders: ["cpu"],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (error) {
    throw modelFault("model_unreadable", `onnxruntime refuses the model: ${messageOf(error)}`, error);
  }
}

async function run(session: InferenceSession, batch: Float32Array, rows: number, features: number): Promise<Scores> {
  if (batch.length !== rows * features) throw modelFault("session_failed", `${batch.length} features for ${rows} rows of ${features}`);
  return figuresOf(session, { features: new Tensor("float32", batch, [rows, features]) }, rows);
}

/** Runs the graph and looks at what it gave. @throws Fault session_failed */
export async function figuresOf(session: InferenceSession, inputs: { features: Tensor; machine?: Tensor }, rows: number): Promise<Scores> {
  let output: InferenceSession.OnnxValueMapType;
  try {
    output = await session.run(inputs);
  } catch (error) {
    throw modelFault("session_failed", messageOf(error), error);
  }
  const score = output["score"]?.data;
  const contribution = output["contribution"]?.data;
  if (!(score instanceof Float32Array && contribution instanceof Float32Array))
    throw modelFault("session_failed", "the model gave no figures");
  if (score.length !== rows || contribution.length !== inputs.features.size)
    throw modelFault("session_failed", `${rows} rows gave ${score.length} scores and ${contribution.length} contributions`);
  if (!areFinite(score) || !areFinite(contribution)) throw modelFault("session_failed", "the model gave a score that is no figure");
  return { score, contribution };
}

/** A plain loop: `every` with a function takes longer than the graph for one row in a batch. */
function areFinite(figures: Float32Array): boolean {
  for (let i = 0; i < figures.length; i += 1) if (!Number.isFinite(figures[i])) return false;
  return true;
}
