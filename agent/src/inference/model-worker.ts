// The worker thread that owns onnxruntime: session.run() blocks the thread it is called on, so it must not be the bus's thread.
import { parentPort } from "node:worker_threads";
import { messageOf } from "@millwright/kit/fault";
import { learnDetector } from "@millwright/models/detectors/learn-detector";
import { buildBundle } from "@millwright/models/onnx/build-bundle";
import { trainingDataHash } from "@millwright/models/onnx/hashes";
import { readBundle } from "@millwright/models/onnx/read-bundle";
import { openScorer, type Scorer } from "@millwright/models/onnx/session";
import { verifyBundle } from "@millwright/models/onnx/verify-bundle";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import type {
  LearnReply,
  LearnRequest,
  LoadReply,
  LoadRequest,
  ModelError,
  ModelRequest,
  ScoreReply,
  ScoreRequest,
} from "./model-messages.ts";

const scorers = new Map<string, Scorer>();

parentPort?.on("message", (message: { id: number; request: ModelRequest } | "end") => {
  if (message === "end") process.exit(0);
  const { id, request } = message;
  answer(request).then(
    (reply) => parentPort?.postMessage({ id, reply }),
    (error: unknown) => parentPort?.postMessage({ id, error: describe(error) }),
  );
});

function answer(request: ModelRequest): Promise<LearnReply | LoadReply | ScoreReply | null> {
  if (request.kind === "score") return score(request);
  if (request.kind === "load") return load(request);
  if (request.kind === "learn") return learn(request);
  return close(request.key);
}

async function score({ key, features }: ScoreRequest): Promise<ScoreReply> {
  const scorer = scorers.get(key);
  if (scorer === undefined) throw new Error(`no model is loaded as ${key}`);
  const { score, contribution } = await scorer.score(features, 1);
  return { score: score[0] ?? Number.NaN, contribution };
}

// A bundle is verified as a whole (hashes, allowed operators, golden vectors) before its graph may speak.
async function load({ key, folder }: LoadRequest): Promise<LoadReply> {
  const bundle = await readBundle(folder);
  const failed = (await verifyBundle(folder)).checks.find(({ ok }) => !ok);
  if (failed !== undefined) throw Object.assign(new Error(failed.detail), { code: failed.name });
  const scorer = await openScorer(bundle.model, { features: bundle.manifest.features.columns.length });
  await close(key);
  scorers.set(key, scorer);
  return { manifest: bundle.manifest };
}

async function learn(request: LearnRequest): Promise<LearnReply> {
  const width = request.points.length;
  const rows = Array.from(request.atMs, (atMs, n) => ({ atMs, values: request.values.subarray(n * width, (n + 1) * width) }));
  const learned = learnDetector({ points: request.points, periodMs: request.periodMs, rows });
  if (!learned.ok) return { ok: false, reason: learned.reason };
  const bundle = buildBundle({
    detector: learned.detector,
    id: request.id,
    version: request.version,
    createdAt: request.createdAt,
    machineClass: request.machineClass,
    trainingDataSha256: trainingDataHash(rows),
    notes: learned.notes,
    parent: request.parent,
  });
  await writeBundle(request.folder, bundle);
  return { ok: true, notes: [...learned.notes] };
}

async function close(key: string): Promise<null> {
  await scorers.get(key)?.close();
  scorers.delete(key);
  return null;
}

function describe(error: unknown): ModelError {
  const { code, detail } = (typeof error === "object" && error !== null ? error : {}) as { code?: string; detail?: string };
  return { code: code ?? "session_failed", detail: detail ?? messageOf(error) };
}
