// One ONNX session: features in, scores and contributions out. A run blocks the thread it is called on: on the box this file runs in a worker.
// One intra-op thread; a small graph gains nothing from more.
// It calls the native part of onnxruntime-node itself: `InferenceSession.run` of the package does the same on the next turn of the event loop and
// through two more layers (docs/decisions/0016). session.test.ts holds both to each other: a version of the package that moves it shows there.
import "./silent-runtime.ts";
import { messageOf } from "@millwright/kit/fault";
import { Tensor } from "onnxruntime-node";
import { type Binding, binding, initOrt } from "onnxruntime-node/dist/binding.js";
import { modelFault } from "./model-faults.ts";
import { vetGraph } from "./vet-graph.ts";

/** Arrays of their own: whoever asked may give them away. */
export type Scores = { readonly score: Float32Array<ArrayBuffer>; readonly contribution: Float32Array<ArrayBuffer> };

export type Scorer = {
  /** @param batch rows × F features @returns score[rows], contribution[rows × F] @throws Fault session_failed, also for a score that is no figure */
  score: (batch: Float32Array, rows: number) => Promise<Scores>;
  close: () => Promise<void>;
};

/** @param features F of the manifest @throws Fault model_unreadable, model_not_allowed, model_shape */
export async function openScorer(bytes: Uint8Array, { features }: { features: number }): Promise<Scorer> {
  vetGraph(bytes, { features });
  const session = openSession(bytes);
  return {
    score: async (batch, rows) => {
      if (batch.length !== rows * features) throw modelFault("session_failed", `${batch.length} features for ${rows} rows of ${features}`);
      return scoresOf(session, { features: new Tensor("float32", batch, [rows, features]) }, rows);
    },
    close: async () => session.close(),
  };
}

export type Session = {
  /** Outputs that are given as arrays are written there. @throws Fault session_failed */
  run(inputs: Readonly<Record<string, Tensor>>, outputs: Readonly<Record<string, Tensor | null>>): Readonly<Record<string, Tensor>>;
  close(): void;
};

/** @throws Fault model_unreadable */
export function openSession(bytes: Uint8Array): Session {
  initOrt();
  const native = new binding.InferenceSession();
  try {
    native.loadModel(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength, {
      executionProviders: ["cpu"],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch (error) {
    throw modelFault("model_unreadable", `onnxruntime refuses the model: ${messageOf(error)}`, error);
  }
  return { run: (inputs, outputs) => runNative(native, inputs, outputs), close: () => native.dispose() };
}

function runNative(native: Binding.InferenceSession, inputs: Record<string, Tensor>, outputs: Record<string, Tensor | null>) {
  try {
    return native.run(inputs, outputs, {}) as Record<string, Tensor>;
  } catch (error) {
    throw modelFault("session_failed", messageOf(error), error);
  }
}

/** Runs the graph and looks at what it gave. @throws Fault session_failed */
export function scoresOf(session: Session, inputs: { features: Tensor }, rows: number): Scores {
  // NaN until the graph has written there: what it left out is no figure.
  const score = new Float32Array(rows).fill(Number.NaN);
  const contribution = new Float32Array(inputs.features.size).fill(Number.NaN);
  session.run(inputs, {
    score: new Tensor("float32", score, [rows]),
    contribution: new Tensor("float32", contribution, inputs.features.dims),
  });
  if (!areFinite(score) || !areFinite(contribution)) throw modelFault("session_failed", "the model gave a score that is no figure");
  return { score, contribution };
}

/** Their sum tells: it is finite where each of them is (a double holds any sum of float32), and NaN or infinite where one is not. */
function areFinite(figures: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < figures.length; i += 1) sum += figures[i] as number;
  return Number.isFinite(sum);
}
