// The worker thread that owns onnxruntime: session.run() blocks the thread it is called on, so it must not be the bus's thread.
import { parentPort } from "node:worker_threads";
import { messageOf } from "@millwright/kit/fault";
import { learnDetector } from "@millwright/models/detectors/learn-detector";
import { type Bundle, buildBundle } from "@millwright/models/onnx/build-bundle";
import { trainingDataHash } from "@millwright/models/onnx/hashes";
import { modelFault } from "@millwright/models/onnx/model-faults";
import { readSignedBundle, readSignedFiles } from "@millwright/models/onnx/read-signed-bundle";
import { maxBatchRows, type Scorer } from "@millwright/models/onnx/session";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import { parseSigningKey } from "@millwright/models/onnx/signing-key";
import { checkGolden } from "@millwright/models/onnx/verify-bundle";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import { DetectorStacks, type Stack } from "./detector-stacks.ts";
import { LoneScorer } from "./lone-scorer.ts";
import {
  type ForecastRequest,
  type FromModelThread,
  type InspectReply,
  type InspectRequest,
  isRowRequest,
  type JoinReply,
  type JoinRequest,
  type LearnReply,
  type LearnRequest,
  type LoadReply,
  type LoadRequest,
  type ModelError,
  type ModelRequest,
  type ReplyOf,
  type RowRequest,
  type ToModelThread,
} from "./model-messages.ts";
import { batchesOf, type PackedRows, singleRows } from "./packed-rows.ts";
import { PrognosisSessions } from "./prognosis-sessions.ts";

/** Sessions by the hash of their graph: machines that were given the same bundle share one. */
const sessions = new Map<string, { scorer: LoneScorer; users: number }>();
const stacks = new DetectorStacks({
  onStacked: (graphs) => {
    for (const graph of graphs) void sessions.get(graph)?.scorer.close();
  },
});
const prognoses = new PrognosisSessions();
/** Bundles whose sessions are open → the hash of their graph. */
const opened = new Map<string, string>();
/** Machine → the hash of its graph. */
const graphOf = new Map<string, string>();

parentPort?.on("message", (message: ToModelThread) => {
  if (message === "end") process.exit(0);
  for (const [scorer, rows] of batchesOf(message.rows, scorerOf, maxBatchRows)) void scoreTogether(scorer, rows).then(post);
  for (const rows of Map.groupBy(message.asked.filter(isForecast), ({ request }) => prognoses.graphOf(request.key)).values())
    for (let from = 0; from < rows.length; from += maxBatchRows) void forecastTogether(rows.slice(from, from + maxBatchRows)).then(post);
  for (const { id, request } of message.asked) if (!isRowRequest(request)) void answer(id, request);
});

type ForecastRow = { id: number; request: ForecastRequest };
const isForecast = (asked: { id: number; request: ModelRequest }): asked is ForecastRow => asked.request.kind === "forecast";

function post(answers: FromModelThread): void {
  const arrays = answers.flatMap((one) => ("ids" in one ? [one.score.buffer, one.contribution.buffer] : []));
  parentPort?.postMessage(answers, arrays as ArrayBuffer[]);
}

/** Rows with the same answer are scored in one run. */
const scorerOf = (key: string): Stack | Scorer | undefined => {
  const graph = graphOf.get(key) ?? "";
  return stacks.stackOf(graph) ?? sessions.get(graph)?.scorer;
};

// One run for all rows. Where it gives no figure for one of them, each is asked for alone, so that it spoils no other.
async function scoreTogether(scorer: Stack | Scorer | undefined, rows: PackedRows): Promise<FromModelThread> {
  const { ids, features } = rows;
  if (scorer === undefined) return ids.map((id) => ({ id, error: { code: "session_failed", detail: "no model is loaded" } }));
  try {
    const scores = await ("places" in scorer ? scorer.scorer.score(features, placesOf(rows, scorer)) : scorer.score(features, ids.length));
    return [{ ids, ...scores }];
  } catch (error) {
    return eachAlone(singleRows(rows), ids, error, (row) => scoreTogether(scorer, row));
  }
}

function placesOf({ keys }: PackedRows, { places }: Stack): Int32Array {
  return Int32Array.from(keys, (key) => places.get(graphOf.get(key) ?? "") ?? -1);
}

/** Rows of machines that share a prognosis: one run, and each alone where that gives no figures for all of them. */
async function forecastTogether(rows: ForecastRow[]): Promise<FromModelThread> {
  try {
    const figures = await prognoses.forecast(rows.map(({ request }) => request));
    return rows.map(({ id }, n) => ({ id, reply: { figures: figures[n] ?? [] } }));
  } catch (error) {
    const ids = rows.map(({ id }) => id);
    return eachAlone(rows, ids, error, (row) => forecastTogether([row]));
  }
}

/** A run that failed spoils no row but those that fail alone, too. */
async function eachAlone<Row>(
  rows: readonly Row[],
  ids: readonly number[],
  error: unknown,
  again: (row: Row) => Promise<FromModelThread>,
): Promise<FromModelThread> {
  const [id, ...others] = ids;
  if (id !== undefined && others.length === 0) return [{ id, error: describe(error) }];
  return (await Promise.all(rows.map(again))).flat();
}

async function answer(id: number, request: Exclude<ModelRequest, RowRequest>): Promise<void> {
  const answers = await work(request).then(
    (reply): FromModelThread => [{ id, reply }],
    (error: unknown): FromModelThread => [{ id, error: describe(error) }],
  );
  post(answers);
}

function work(request: Exclude<ModelRequest, RowRequest>): Promise<ReplyOf<Exclude<ModelRequest, RowRequest>>> {
  if (request.kind === "inspect") return inspect(request);
  if (request.kind === "load_prognosis") return prognoses.load(request);
  if (request.kind === "join") return join(request);
  if (request.kind === "load") return load(request);
  return request.kind === "learn" ? learn(request) : Promise.all([close(request.key), prognoses.close(request.key)]).then(() => null);
}

async function inspect({ folder, keys }: InspectRequest): Promise<InspectReply> {
  const { bundleSha256, publicKey } = (await readSignedFiles(folder, { keys, others: "refuse" })).signed;
  return { bundleSha256, publicKey };
}

// What was vetted is opened and nothing else: the folder may have changed since. Its golden vectors are checked here, too: in this process it speaks.
async function load({ key, folder, keys, bundleSha256 }: LoadRequest): Promise<LoadReply> {
  const { bundle, signed } = await readSignedBundle(folder, { keys, others: "refuse" });
  if (signed.bundleSha256 !== bundleSha256) throw modelFault("bundle_changed", `${folder} changed after it was vetted`);
  const { manifest } = bundle;
  const graph = manifest.model_sha256;
  if (!sessions.has(graph)) {
    sessions.set(graph, { scorer: await openChecked(bundle), users: 0 });
    stacks.add(graph, bundle.model);
  }
  opened.set(bundleSha256, graph);
  await use(key, graph);
  return { manifestJson: JSON.stringify(manifest) };
}

// A bundle that is open is the same by its hash, and is not read again.
async function join({ key, bundleSha256 }: JoinRequest): Promise<JoinReply> {
  const graph = opened.get(bundleSha256);
  if (graph === undefined) return { isOpen: false };
  await use(key, graph);
  return { isOpen: true };
}

// It may be the same graph again: in use before it is let go.
async function use(key: string, graph: string): Promise<void> {
  const session = sessions.get(graph);
  if (session === undefined) throw modelFault("session_failed", "the model was closed while it was opened");
  session.users += 1;
  await close(key);
  graphOf.set(key, graph);
}

async function openChecked(bundle: Bundle): Promise<LoneScorer> {
  const scorer = new LoneScorer(bundle.model, { features: bundle.manifest.features.columns.length });
  try {
    await checkGolden(bundle, scorer);
    return scorer;
  } catch (error) {
    await scorer.close();
    throw error;
  }
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
    thresholds: request.thresholds,
  });
  await writeBundle(request.folder, bundle);
  await signBundle(request.folder, parseSigningKey(request.signingKey, "the box's key"));
  return { ok: true, notes: [...learned.notes] };
}

async function close(key: string): Promise<null> {
  const graph = graphOf.get(key);
  const session = graph === undefined ? undefined : sessions.get(graph);
  if (graph === undefined || session === undefined) return null;
  graphOf.delete(key);
  session.users -= 1;
  if (session.users > 0) return null;
  sessions.delete(graph);
  for (const [bundle, its] of opened) if (its === graph) opened.delete(bundle);
  stacks.remove(graph);
  await session.scorer.close();
  return null;
}

function describe(error: unknown): ModelError {
  const { code, detail } = (typeof error === "object" && error !== null ? error : {}) as { code?: string; detail?: string };
  return { code: code ?? "session_failed", detail: detail ?? messageOf(error) };
}
