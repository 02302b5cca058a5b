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
