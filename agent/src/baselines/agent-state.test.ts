import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { durableJson } from "@millwright/kit/durable-file";
import { openAgentState } from "./agent-state.ts";

const open = (file: string, agent = "box-1") => openAgentState({ file, tenant: "acme", agent, wallMs: Date.UTC(2026, 10, 25) });
const newFile = (): string => join(mkdtempSync(join(tmpdir(), "millwright-state-")), "data/agent-state.json");

test("everything written is there after a restart, readable by a person; writes at once do not lose each other", async () => {
  const file = newFile();
  const first = await open(file);
  await Promise.all([
    first.setAppliedConfig({ revision: "r1", applied_at: "2026-11-25T00:00:00.000Z" }),
    first.setBaseline("chicago/P-101", { live: 2, last_good: 1 }),
  ]);
  const second = await open(file);
  assert.deepEqual(second.identity, { tenant: "acme", agent: "box-1", created_at: "2026-11-25T00:00:00.000Z" });
  assert.equal(second.appliedConfig()?.revision, "r1");
  assert.deepEqual(second.baseline("chicago/P-101"), { live: 2, last_good: 1 });
  assert.deepEqual(second.baseline("chicago/P-102"), { live: null, last_good: null });
  assert.match(readFileSync(file, "utf8"), /\n {4}"identity": \{\n/);
});

test("a damaged file gives way to its previous copy, two damaged ones to a new state", async () => {
  const file = newFile();
  const first = await open(file);
  await first.setBaseline("m", { live: 1, last_good: 1 });
  await first.setBaseline("m", { live: 2, last_good: 1 });
  writeFileSync(file, "{");
  const second = await open(file);
  assert.deepEqual([second.damagedFiles, second.baseline("m")], [[file], { live: 1, last_good: 1 }]);
  writeFileSync(file, "{");
  writeFileSync(`${file}.previous`, "");
  const third = await open(file);
  assert.deepEqual([third.damagedFiles.length, third.baseline("m")], [2, { live: null, last_good: null }]);
});

test("a renamed agent keeps what it learned", async () => {
  const file = newFile();
  await (await open(file)).setBaseline("m", { live: 2, last_good: 1 });
  const renamed = await open(file, "box-2");
  assert.deepEqual([renamed.identity.agent, renamed.baseline("m")], ["box-2", { live: 2, last_good: 1 }]);
});

test("what an earlier version learned not to exist is forgotten: after a restart a device is asked for everything again", async () => {
  const file = newFile();
  await durableJson(file).write({
    version: 1,
    identity: { tenant: "acme", agent: "box-1", created_at: "2026-11-25T00:00:00.000Z" },
    applied_config: null,
    illegal_ranges: { "line1/3": [{ table: "holding", from: 40, to: 44 }] },
    baselines: { m: { live: 1, last_good: 1 } },
  });
  const state = await open(file);
  assert.deepEqual([state.damagedFiles, state.baseline("m")], [[], { live: 1, last_good: 1 }]);
  await state.setBaseline("m", { live: 2, last_good: 1 });
  assert.match(readFileSync(file, "utf8"), /"illegal_ranges": \{\}/);
});

test("which bundles were vetted, and which one was being opened when the agent ended, is known after a restart", async () => {
  const file = newFile();
  const { vetted } = await open(file);
  await vetted.add("good");
  await vetted.opening("good");
  await vetted.outlived("good");
  for (let bundle = 0; bundle < 300; bundle += 1) await vetted.add(`another ${bundle}`);
  await vetted.opening("deadly");
  await (await open(file)).vetted.opening("deadly");
  const { vetted: after } = await open(file);
  assert.deepEqual([after.has("another 299"), after.has("good"), after.deaths("good"), after.deaths("deadly")], [true, false, 0, 2]);
});
