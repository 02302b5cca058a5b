// The worker thread for models: what takes long, or what onnxruntime runs, for session.run() blocks the thread it is called on. Bundles are read and
// checked here, baselines are learned. A detector of our own is handed back as its tables, and scored where its rows are; only other graphs, and
// prognoses, are kept and run here, and only for them onnxruntime is loaded.
import { parentPort } from "node:worker_threads";
import { DetectorScorer } from "@millwright/models/detectors/detector-scorer";
import type { DetectorTables } from "@millwright/models/detectors/detector-tables";
import { learnDetector } from "@millwright/models/detectors/learn-detector";
import { maxBatchRows } from "@millwright/models/onnx/batch-rows";
import { type Bundle, buildBundle } from "@millwright/models/onnx/build-bundle";
import { checkScorer } from "@millwright/models/onnx/check-golden";
import { trainingDataHash } from "@millwright/models/onnx/hashes";
import { modelFault } from "@millwright/models/onnx/model-faults";
import { readSignedBundle, readSignedFiles } from "@millwright/models/onnx/read-signed-bundle";
import { readTables } from "@millwright/models/onnx/read-tables";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import { parseSigningKey } from "@millwright/models/onnx/signing-key";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import { eachAlone, modelErrorOf } from "./each-alone.ts";
import type { GraphSessions } from "./graph-sessions.ts";
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
  type ModelRequest,
  type ReplyOf,
  type RowRequest,
  type ToModelThread,
} from "./model-messages.ts";
import type { PackedRows } from "./packed-rows.ts";
import type { PrognosisSessions } from "./prognosis-sessions.ts";

/** Detectors of more points than this are run by onnxruntime: their cost grows with the square, to 30 µs a row at 100, and the event loop is not to wait. */
const maxOwnPoints = 100;

let sessions: GraphSessions | null = null;
let prognoses: PrognosisSessions | null = null;

parentPort?.on("message", (message: ToModelThread) => {
  if (message === "end") process.exit(0);
  for (const scores of scoreRows(message.rows)) void scores.then(post);
  const graphOf = ({ request }: ForecastRow): string => prognoses?.graphOf(request.key) ?? "";
  for (const rows of Map.groupBy(message.asked.filter(isForecast), graphOf).values())
    for (let from = 0; from < rows.length; from += maxBatchRows) void forecastTogether(rows.slice(from, from + maxBatchRows)).then(post);
  for (const { id, request } of message.asked) if (!isRowRequest(request)) void answer(id, request);
});

type ForecastRow = { id: number; request: ForecastRequest };
const isForecast = (asked: { id: number; request: ModelRequest }): asked is ForecastRow => asked.request.kind === "forecast";

function post(answers: FromModelThread): void {
  const arrays = answers.flatMap((one) => ("ids" in one ? [one.score.buffer, one.contribution.buffer] : []));
  parentPort?.postMessage(answers, arrays as ArrayBuffer[]);
}

function scoreRows(rows: PackedRows): Promise<FromModelThread>[] {
  if (sessions !== null) return sessions.score(rows);
  return rows.ids.map(async (id) => [{ id, error: modelErrorOf(modelFault("session_failed", "no model is loaded")) }]);
}

/** Rows of machines that share a prognosis: one run, and each alone where that gives no figures for all of them. */
async function forecastTogether(rows: ForecastRow[]): Promise<FromModelThread> {
  try {
    if (prognoses === null) throw modelFault("session_failed", "no prognosis is loaded");
    const figures = await prognoses.forecast(rows.map(({ request }) => request));
    return rows.map(({ id }, n) => ({ id, reply: { figures: figures[n] ?? [] } }));
  } catch (error) {
    const ids = rows.map(({ id }) => id);
    return eachAlone(rows, ids, error, (row) => forecastTogether([row]));
  }
}

async function answer(id: number, request: Exclude<ModelRequest, RowRequest>): Promise<void> {
  const answers = await work(request).then(
    (reply): FromModelThread => [{ id, reply }],
    (error: unknown): FromModelThread => [{ id, error: modelErrorOf(error) }],
  );
  post(answers);
}

async function work(request: Exclude<ModelRequest, RowRequest>): Promise<ReplyOf<Exclude<ModelRequest, RowRequest>>> {
  if (request.kind === "inspect") return inspect(request);
  if (request.kind === "load_prognosis") return (await prognosisSessions()).load(request);
  if (request.kind === "join") return join(request);
  if (request.kind === "load") return load(request);
  return request.kind === "learn" ? learn(request) : close(request.key);
}

async function graphSessions(): Promise<GraphSessions> {
  const { GraphSessions } = await import("./graph-sessions.ts");
  sessions ??= new GraphSessions();
  return sessions;
}

async function prognosisSessions(): Promise<PrognosisSessions> {
  const { PrognosisSessions } = await import("./prognosis-sessions.ts");
  prognoses ??= new PrognosisSessions();
  return prognoses;
}

async function inspect({ folder, keys }: InspectRequest): Promise<InspectReply> {
  const { bundleSha256, publicKey } = (await readSignedFiles(folder, { keys, others: "refuse" })).signed;
  return { bundleSha256, publicKey };
}

// What was vetted is opened and nothing else: the folder may have changed since.
async function load({ key, folder, keys, bundleSha256 }: LoadRequest): Promise<LoadReply> {
  const { bundle, signed } = await readSignedBundle(folder, { keys, others: "refuse" });
  if (signed.bundleSha256 !== bundleSha256) throw modelFault("bundle_changed", `${folder} changed after it was vetted`);
  const manifestJson = JSON.stringify(bundle.manifest);
  const tables = ownTables(bundle);
  if (tables === null) await (await graphSessions()).load(key, bundle, bundleSha256);
  else await sessions?.close(key);
  return { manifestJson, tables };
}

/** @returns null for a graph that is not ours, or too large @throws Fault golden_mismatch */
function ownTables(bundle: Bundle): DetectorTables | null {
  const { kind, features } = bundle.manifest;
  if (kind !== "ar2-mahalanobis" || features.points.length > maxOwnPoints) return null;
  const tables = readTables(bundle.model);
  if (tables !== null) checkScorer(bundle, new DetectorScorer(tables));
  return tables;
}

const join = async ({ key, bundleSha256 }: JoinRequest): Promise<JoinReply> => ({
  isOpen: (await sessions?.join(key, bundleSha256)) ?? false,
});

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
  await Promise.all([sessions?.close(key), prognoses?.close(key)]);
  return null;
}
