import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { learnDetector } from "@millwright/models/detectors/learn-detector";
import { syntheticRows } from "@millwright/models/evaluation/synthetic-rows";
import { buildBundle } from "@millwright/models/onnx/build-bundle";
import { trainingDataHash } from "@millwright/models/onnx/hashes";
import { readSignedBundle } from "@millwright/models/onnx/read-signed-bundle";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import { baselineFolder } from "./baseline-folder.ts";
import { openBoxKey } from "./box-key.ts";

const dataDir = mkdtempSync(join(tmpdir(), "millwright-box-key-"));
after(() => rmSync(dataDir, { recursive: true }));
const folderOf = (name: string): string => baselineFolder(dataDir, { site: "s", name }, 1);

async function writeUnsigned(name: string): Promise<void> {
  const { points, rows } = syntheticRows({ seed: 5, rows: 400 });
  const learned = learnDetector({ points, periodMs: 1000, rows });
  assert.ok(learned.ok);
  const about = { id: "x", version: 1, createdAt: "2026-01-01T00:00:00.000Z", machineClass: "other" } as const;
  await writeBundle(folderOf(name), buildBundle({ ...learned, ...about, trainingDataSha256: trainingDataHash(rows) }));
}

const takenBy = async (name: string, publicKey: string): Promise<boolean> =>
  readSignedBundle(folderOf(name), { keys: new Map([[publicKey, "box"]]), others: "refuse" }).then(
    () => true,
    () => false,
  );

test("the first start makes a key for its owner only, and signs what an earlier version learned, but nothing damaged; later ones sign nothing", async () => {
  await writeUnsigned("A");
  await writeUnsigned("B");
  writeFileSync(join(folderOf("B"), "model.onnx"), "broken");
  const { key, news } = await openBoxKey(dataDir);
  assert.equal(statSync(join(dataDir, "box-key.pem")).mode & 0o777, 0o600);
  assert.match(news.join(), /^1 baselines of an earlier version were signed/);
  assert.deepEqual([await takenBy("A", key.publicKey), await takenBy("B", key.publicKey)], [true, false]);

  await writeUnsigned("C");
  const again = await openBoxKey(dataDir);
  assert.deepEqual([again.key.publicKey, again.news], [key.publicKey, []]);
  assert.equal(await takenBy("C", key.publicKey), false);
});

test("a start that was cut short goes on with the same key; one that cannot be used is moved aside and told", async () => {
  const before = await openBoxKey(dataDir);
  const file = join(dataDir, "box-key.pem");
  renameSync(file, `${file}.pending`);
  const after = await openBoxKey(dataDir);
  assert.equal(after.key.publicKey, before.key.publicKey);
  assert.equal(existsSync(`${file}.pending`), false);
  assert.equal(await takenBy("C", before.key.publicKey), true);

  writeFileSync(file, "no key");
  const { key, news } = await openBoxKey(dataDir);
  assert.notEqual(key.publicKey, before.key.publicKey);
  assert.match(news.join(), /moved to .*baselines signed with it must be learned again/);
  assert.equal(await takenBy("A", key.publicKey), false);
  assert.match(readFileSync(file, "utf8"), /PRIVATE KEY/);
});
