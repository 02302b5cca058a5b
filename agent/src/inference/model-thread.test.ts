import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { ModelManifest } from "@millwright/contract/model-manifest";
import { newSigningKey, parseSigningKey } from "@millwright/models/onnx/signing-key";
import { honestGraph } from "@millwright/models/onnx/test-support/hostile-graphs";
import { thresholdSettings } from "@millwright/models/settings";
import { deadlineMs, ModelThread } from "./model-thread.ts";
import { writeImported } from "./test-support/write-imported.ts";

const dir = mkdtempSync(join(tmpdir(), "millwright-thread-"));
after(() => rmSync(dir, { recursive: true }));
const key = parseSigningKey(newSigningKey(), "the test's key");
const keys = new Map([[key.publicKey, "workshop"]]);

async function openThread({ score }: { score: number }) {
  let replaced = 0;
  const thread = new ModelThread(() => replaced++, { ...deadlineMs, score });
  after(() => thread.close());
  const folder = join(dir, "honest");
  await writeImported(folder, honestGraph(), key);
  const { bundleSha256 } = await thread.ask({ kind: "inspect", folder, keys });
  const load = (name: string) => thread.ask({ kind: "load", key: name, folder, keys, bundleSha256 });
  const width = (JSON.parse((await load("m")).manifestJson) as ModelManifest).features.columns.length;
  return { thread, load, features: () => new Float32Array(width).fill(0.5), replaced: () => replaced };
}

const holdUpLoop = (ms: number): void => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

test("an answer that came while this loop was held up is taken, however late; nobody is blamed for it", async () => {
  const { thread, features, replaced } = await openThread({ score: 200 });
  const asked = [1, 2, 3].map(() => thread.ask({ kind: "score", key: "m", features: features() }));
  // The rows have gone to the thread when the loop is held up.
  await new Promise((resolve) => setTimeout(resolve, 20));
  holdUpLoop(1_500);
  const scores = await Promise.all(asked);
  assert.equal(scores.length, 3);
  for (const { score, contribution } of scores) assert.deepEqual([Number.isFinite(score), contribution.length], [true, features().length]);
  assert.equal(replaced(), 0);
});

test("a thread that does not answer is replaced; what was asked of it a moment before is asked of the next one", async () => {
  const { thread, load, features, replaced } = await openThread({ score: 100 });
  const points = Array.from({ length: 24 }, (_, i) => ({ name: `s${i}`, unit: "1" }));
  const rows = 12_000;
  // Learning holds the thread up for some seconds, so that the row is answered too late.
  const learning = thread.ask({
    kind: "learn",
    folder: join(dir, "learned"),
    id: "test",
    version: 1,
    machineClass: "other",
    points,
    periodMs: 1_000,
    atMs: Float64Array.from({ length: rows }, (_, n) => 1_000 * n),
    values: Float64Array.from({ length: rows * points.length }, (_, n) => Math.sin(n * n) + Math.sin(n / 7)),
    parent: null,
    thresholds: thresholdSettings,
    createdAt: "2026-01-01T00:00:00.000Z",
    signingKey: key.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  });
  // What goes with the rows is answered with them, or not at all, and keeps nobody waiting afterwards.
  const joining = assert.rejects(thread.ask({ kind: "join", key: "m2", bundleSha256: "0".repeat(64) }), { code: "model_failed" });
  await assert.rejects(thread.ask({ kind: "score", key: "m", features: features() }), { code: "model_failed" });
  await joining;
  assert.equal(replaced(), 1);
  assert.equal((await learning).ok, true);
  await load("m");
  assert.ok(Number.isFinite((await thread.ask({ kind: "score", key: "m", features: features() })).score));
});
