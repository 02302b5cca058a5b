// Detectors of our own are scored where their rows are; onnxruntime and its thread are there for other graphs only.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { scoreOf } from "@millwright/models/detectors/distances-of";
import { learnDetector } from "@millwright/models/detectors/learn-detector";
import { buildBundle } from "@millwright/models/onnx/build-bundle";
import { trainingDataHash } from "@millwright/models/onnx/hashes";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import { newSigningKey, parseSigningKey } from "@millwright/models/onnx/signing-key";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import { startModelRunner } from "./model-runner.ts";

const dir = mkdtempSync(join(tmpdir(), "millwright-own-"));
after(() => rmSync(dir, { recursive: true }));
const boxKey = parseSigningKey(newSigningKey(), "box");
const nothing = async (): Promise<void> => {};
const vetted = { has: () => false, add: nothing, deaths: () => 0, opening: nothing, outlived: nothing };
const restMs = 50;

const models = startModelRunner({ boxKey, trustedKeys: new Map(), vetted, restMs });
after(() => models.close());

async function learnedBundle(name: string, points: number) {
  const rows = Array.from({ length: 300 }, (_, n) => ({
    atMs: 1_000 * n,
    values: Float64Array.from({ length: points }, (_, p) => 20 + Math.sin(n * (1 + p)) + Math.sin(n * n * (2 + p))),
  }));
  const named = Array.from({ length: points }, (_, p) => ({ name: `p${p}`, unit: "1" }));
  const learned = learnDetector({ points: named, periodMs: 1_000, rows });
  assert.ok(learned.ok, learned.ok ? "" : learned.reason);
  const { detector, notes } = learned;
  const facts = { id: name, version: 1, createdAt: "2026-01-01T00:00:00.000Z", machineClass: "other", parent: null, notes } as const;
  const folder = join(dir, name);
  await writeBundle(folder, buildBundle({ ...facts, detector, trainingDataSha256: trainingDataHash(rows) }));
  await signBundle(folder, boxKey);
  const features = Float32Array.from({ length: 9 * points }, (_, i) => 20 + (i % 7) / 5);
  return { folder, features, expected: scoreOf(features, detector.weights) };
}

const isAlike = (found: number, expected: number): boolean => Math.abs(found - expected) <= 1e-5 * (1 + expected);

/** proc(5); where there is none, it cannot be seen. */
const canLook = existsSync("/proc/self/maps");
const hasRuntime = (): boolean => readFileSync("/proc/self/maps", "utf8").includes("onnxruntime");
/** Worker threads; beside them are those of V8 and of libuv's pool. */
const threads = (): number =>
  readdirSync("/proc/self/task").filter((task) => readFileSync(`/proc/self/task/${task}/comm`, "utf8").startsWith("WorkerThread")).length;

async function until(isSo: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 400 && !isSo(); tries += 1) await sleep(25);
  return isSo();
}

test("a detector of our own needs no onnxruntime, and no thread once it is open", {
  skip: canLook ? false : "there is no /proc",
}, async () => {
  const { folder, features, expected } = await learnedBundle("own", 6);
  const { scorer, manifest } = await models.load({ key: "m", folder });
  assert.equal(manifest.id, "own");
  const parts = new Float32Array(6);
  const score = scorer?.score(features, parts) ?? Number.NaN;
  assert.ok(isAlike(score, expected), `${score} instead of ${expected}`);
  assert.ok(
    isAlike(
      parts.reduce((sum, part) => sum + part, 0),
      expected,
    ),
    "the parts are parts of the score",
  );
  assert.equal(hasRuntime(), false);
  assert.equal(threads(), 1);
  assert.ok(await until(() => threads() === 0), "the thread that read it has ended");
  assert.equal((await models.load({ key: "n", folder })).manifest.id, "own", "its thread comes back when it is needed");
});

test("one of more points than the event loop should wait for is run by onnxruntime, in its thread, which stays while it is open", async () => {
  const { folder, features, expected } = await learnedBundle("wide", 101);
  const { scorer } = await models.load({ key: "w", folder });
  assert.equal(scorer, null);
  await sleep(4 * restMs);
  const { score } = await models.ask({ kind: "score", key: "w", features });
  assert.ok(isAlike(score, expected), `${score} instead of ${expected}`);
  if (canLook) assert.equal(hasRuntime(), true);
  await models.ask({ kind: "close", key: "w" });
  await assert.rejects(models.ask({ kind: "score", key: "w", features }), /no model is loaded/);
});
