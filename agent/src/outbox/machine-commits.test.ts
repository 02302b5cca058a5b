import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createClock } from "@millwright/kit/clock";
import { machineCommits } from "./machine-commits.ts";
import { openOutbox } from "./open-outbox.ts";

test("clearing one kind of a machine's learning rows leaves those of another that wait for the same commit, and what comes after it", async () => {
  const dir = mkdtempSync(join(tmpdir(), "millwright-commits-"));
  const file = join(dir, "outbox.db");
  const outbox = await openOutbox({ file, tenant: "default", agent: "a", clock: createClock(), maxBytes: 1e9, keepMs: 1e9 });
  const commits = machineCommits({ outbox, disk: { refused: (_, detail) => assert.fail(detail), worked() {} } });
  const row = (machine: string, atMs: number) => ({ machine, atMs, body: new Uint8Array(8) });
  // The first runs at once; the others wait for it together.
  const done = [
    commits.add({ learningRows: [row("m", 1), row("m#novelty", 1)] }),
    commits.add({ learningRows: [row("m", 2), row("m#novelty", 2)] }),
    commits.add({ clearLearningRows: ["m"] }),
    commits.add({ clearLearningRows: ["other"], learningRows: [row("m", 3)] }),
  ];
  await Promise.all(done);
  const times = async (machine: string) => (await outbox.learningRows(machine)).map(({ atMs }) => atMs);
  assert.deepEqual([await times("m"), await times("m#novelty")], [[3], [1, 2]]);
  await outbox.close();
  rmSync(dir, { recursive: true });
});

test("a commit that may wait goes with one that may not: of its own machine, or of another; all of them are one transaction", async (t) => {
  const dir = mkdtempSync(join(tmpdir(), "millwright-commits-"));
  const outbox = await openOutbox({
    file: join(dir, "outbox.db"),
    tenant: "default",
    agent: "a",
    clock: createClock(),
    maxBytes: 1e9,
    keepMs: 1e9,
  });
  t.after(async () => {
    await outbox.close();
    rmSync(dir, { recursive: true });
  });
  const disk = { refused: (_: string, detail: string) => assert.fail(detail), worked() {} };
  const [one, other] = [machineCommits({ outbox, disk }), machineCommits({ outbox, disk })];
  const state = (machine: string, json: string) => ({ machine, json });
  // Longer than this test may take.
  const withinMs = 600_000;
  let isThere = false;
  const patient = [one.add({ states: [state("a", "1")], withinMs }), other.add({ states: [state("b", "1")], withinMs })];
  void Promise.all(patient).then(() => {
    isThere = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isThere, false, "they wait");
  await one.add({ states: [state("a", "2")] });
  await Promise.all(patient);
  const again = one.add({ states: [state("a", "3")], withinMs });
  await outbox.commit({ states: [state("c", "1")] });
  await again;
  const last = one.add({ states: [state("a", "4")], withinMs });
  await one.idle();
  await last;
  const states = await Promise.all(["a", "b", "c"].map((machine) => outbox.machineState(machine)));
  assert.deepEqual(states, ["4", "1", "1"]);
});
