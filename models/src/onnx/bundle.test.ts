import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Detector, learnDetector } from "../detectors/learn-detector.ts";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { buildBundle } from "./build-bundle.ts";
import { trainingDataHash } from "./hashes.ts";
import { readBundle } from "./read-bundle.ts";
import { readSignedBundle } from "./read-signed-bundle.ts";
import { openScorer } from "./session.ts";
import { signBundle } from "./sign-bundle.ts";
import { newSigningKey, parseSigningKey } from "./signing-key.ts";
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

const key = parseSigningKey(newSigningKey(), "test");
const trust = { keys: new Map([[key.publicKey, "test"]]), others: "refuse" as const };

async function writeSigned(): Promise<void> {
  await rm(dir, { recursive: true });
  await writeBundle(dir, bundle());
  await signBundle(dir, key);
}

test("a bundle that was written passes every check, and reads back as it was", async () => {
  await writeSigned();
  assert.deepEqual(
    (await verifyBundle(dir, trust)).checks.map(({ name, ok }) => [name, ok]),
    [
      ["signature", true],
      ["files", true],
      ["graph", true],
      ["golden", true],
      ["budget", true],
    ],
  );
  assert.deepEqual(await readBundle(dir), bundle());
});

test("the same rows give the same bytes", () => {
  assert.equal(bundle().manifest.model_sha256, bundle().manifest.model_sha256);
});

test("a flipped bit in the model is refused", async () => {
  await writeSigned();
  const bytes = await readFile(join(dir, "model.onnx"));
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 4;
  await writeFile(join(dir, "model.onnx"), bytes);
  const { ok, checks } = await verifyBundle(dir, trust);
  assert.equal(ok, false);
  assert.match(checks[0]?.detail ?? "", /bundle_changed/);
});

const refused = async (): Promise<string> =>
  readSignedBundle(dir, trust).then(
    () => "taken",
    (error: { code: string }) => error.code,
  );

test("files that are missing, extra, cut off, links or folders are refused, and so is a signature of nobody or of a stranger", async () => {
  const changes: [string, () => Promise<unknown>][] = [
    ["bundle_changed", () => rm(join(dir, "card.md"))],
    ["bundle_changed", () => writeFile(join(dir, "extra.txt"), "")],
    ["bundle_changed", () => writeFile(join(dir, "..notes"), "")],
    ["bundle_changed", () => truncate(join(dir, "golden.csv"), 100)],
    ["bundle_changed", () => mkdir(join(dir, "more"))],
    ["bundle_changed", () => rm(join(dir, "card.md")).then(() => symlink("/etc/passwd", join(dir, "card.md")))],
    ["bundle_changed", () => truncate(join(dir, "golden.csv"), 20_000_000)],
    ["bundle_unsigned", () => rm(join(dir, "signature.json"))],
    ["signer_unknown", () => signBundle(dir, parseSigningKey(newSigningKey(), "stranger"))],
    ["signature_invalid", async () => edit((text) => text.replace('"size": ', '"size":  '))],
    [
      "signature_invalid",
      async () => edit((text) => text.replace(/"signature": "./, (head) => `${head.slice(0, -1)}${head.endsWith("0") ? "1" : "0"}`)),
    ],
    ["signature_invalid", async () => edit((text) => text.replaceAll("card.md", "../card.md"))],
  ];
  for (const [code, change] of changes) {
    await writeSigned();
    assert.equal(await refused(), "taken");
    await change();
    assert.equal(await refused(), code, String(change));
  }
});

async function edit(change: (text: string) => string): Promise<void> {
  const file = join(dir, "signature.json");
  await writeFile(file, change(await readFile(file, "utf8")));
}

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
