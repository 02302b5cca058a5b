import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Detector, learnDetector } from "../detectors/learn-detector.ts";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { buildBundle } from "./build-bundle.ts";
import { trainingDataHash } from "./hashes.ts";
import { readBundle } from "./read-bundle.ts";
import { openScorer } from "./session.ts";
import { verifyBundle } from "./verify-bundle.ts";
import { writeBundle } from "./write-bundle.ts";
import { writeGraph } from "./write-graph.ts";

let dir = "";
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "millwright-bundle-"));
});
after(() => rm(dir, { recursive: true }));

const { points, rows } = syntheticRows({ seed: 7, rows: 400 });

function learned(): Detector {
  const result = learnDetector({ points, periodMs: 1000, rows });
  assert.ok(result.ok);
  return result.detector;
}

const bundle = () =>
  buildBundle({
    detector: learned(),
    notes: [],
    id: "test",
    version: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    machineClass: "centrifugal-pump",
    trainingDataSha256: trainingDataHash(rows),
  });

test("a bundle that was written passes every check, and reads back as it was", async () => {
  await writeBundle(dir, bundle());
  assert.deepEqual(
    (await verifyBundle(dir)).checks.map(({ name, ok }) => [name, ok]),
    [
      ["files", true],
      ["graph", true],
      ["golden", true],
    ],
  );
  assert.deepEqual(await readBundle(dir), bundle());
});

test("the same rows give the same bytes", () => {
  assert.equal(bundle().manifest.model_sha256, bundle().manifest.model_sha256);
});

test("a flipped bit in the model is refused", async () => {
  await writeBundle(dir, bundle());
  const bytes = await readFile(join(dir, "model.onnx"));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 4;
  await writeFile(join(dir, "model.onnx"), bytes);
  const { ok, checks } = await verifyBundle(dir);
  assert.equal(ok, false);
  assert.match(checks[0]?.detail ?? "", /model_hash/);
});

test("two weights exchanged in the graph change the scores: the graph does the work", async () => {
  const { weights } = learned();
  const swapped = { ...weights, a1: [weights.a1[1] as number, weights.a1[0] as number, ...weights.a1.slice(2)] };
  const features = Float32Array.from(
    { length: 9 * points.length },
    (_, i) => (weights.mean[i % points.length] as number) + ((i % 5) - 2) * (weights.scale[i % points.length] as number),
  );
  const scores = [];
  for (const each of [weights, swapped]) {
    const scorer = await openScorer(writeGraph(each), { features: features.length });
    scores.push((await scorer.score(features, 1)).score[0]);
    await scorer.close();
  }
  assert.notEqual(scores[0], scores[1]);
});

test("a file cut off, and one that is no model, are refused as unreadable", async () => {
  const bytes = writeGraph(learned().weights);
  for (const broken of [bytes.slice(0, bytes.length - 100), Buffer.from("no model at all"), new Uint8Array()])
    await assert.rejects(openScorer(broken, { features: 9 * points.length }), { code: "model_unreadable" });
});

test("a model of another machine is refused by its shape", async () => {
  await assert.rejects(openScorer(writeGraph(learned().weights), { features: 9 }), { code: "model_shape" });
});
