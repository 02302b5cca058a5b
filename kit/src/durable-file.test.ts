import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { durableJson } from "./durable-file.ts";

const folder = mkdtempSync(join(tmpdir(), "millwright-kit-"));

test("a document reads back, and is readable by a person", async () => {
  const file = join(folder, "a/state.json");
  const adapter = durableJson<{ name: string }>(file);
  assert.equal(await adapter.read(), null);
  await adapter.write({ name: "press-hall-1" });
  assert.deepEqual(await adapter.read(), { name: "press-hall-1" });
  assert.match(readFileSync(file, "utf8"), /\n {4}"name": "press-hall-1"/);
});

test("a damaged document never takes the place of the previous good one; the folder is for its owner only", async () => {
  const file = join(folder, "mine/c.json");
  const adapter = durableJson<number>(file);
  await adapter.write(1);
  await adapter.write(2);
  writeFileSync(file, "{");
  await adapter.write(3);
  writeFileSync(file, "{");
  assert.equal(await adapter.read(), 1);
  assert.equal(statSync(join(folder, "mine")).mode & 0o777, 0o700);
});

test("a damaged document is passed over for the previous one, and told", async () => {
  const file = join(folder, "b.json");
  const damaged: string[] = [];
  const adapter = durableJson<number>(file, (name) => damaged.push(name));
  await adapter.write(1);
  await adapter.write(2);
  writeFileSync(file, readFileSync(file, "utf8").replace("2", "3"));
  assert.equal(await adapter.read(), 1);
  assert.deepEqual(damaged, [file]);
  writeFileSync(`${file}.previous`, "{");
  assert.equal(await adapter.read(), null);
  for (const name of [file, `${file}.previous`]) rmSync(name, { force: true });
  assert.equal(await adapter.read(), null);
});
