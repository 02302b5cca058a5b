import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Outbox } from "./outbox.ts";
import { outboxFor, testFolder } from "./test-support/outbox-fixture.ts";

const child = fileURLToPath(new URL("./test-support/commit-child.ts", import.meta.url));

test("kill -9 in the middle of commits: records and states agree, nothing acknowledged is lost, no number is used twice", async (t) => {
  const folder = testFolder();
  let epoch: string | null = null;
  for (let round = 0; round < 6; round++) {
    const acknowledged = await runAndKill(folder);
    const outbox = await outboxFor(t, folder);
    epoch ??= outbox.epoch;
    assert.equal(outbox.epoch, epoch);
    await judge(outbox, acknowledged, join(folder, "ledger.jsonl"));
    await outbox.close();
  }
});

async function runAndKill(folder: string): Promise<Map<string, number>> {
  const running = spawn(process.execPath, [child, folder], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  running.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  await once(running.stdout, "data");
  await sleep(20 + Math.random() * 150);
  const closed = once(running, "close");
  running.kill("SIGKILL");
  await closed;
  const lines = output.slice(0, output.lastIndexOf("\n")).split("\n");
  return new Map(lines.map((line) => line.split(" ") as [string, string]).map(([machine, n]) => [machine, Number(n)]));
}

async function judge(outbox: Outbox, acknowledged: Map<string, number>, ledgerFile: string): Promise<void> {
  const records = await outbox.nextBatch({ lane: "telemetry", afterSeq: 0, maxRecords: 1e6, maxBytes: Number.MAX_SAFE_INTEGER });
  const seqs = records.map((record) => record.seq);
  assert.deepEqual(
    seqs,
    Array.from({ length: seqs.length }, (_, i) => i + 1),
  );
  const values = records.map((record) => (JSON.parse(record.json) as { values: { v0: number } }).values.v0);
  for (const [index, machine] of ["m0", "m1", "m2", "m3"].entries()) {
    const state = Number((await outbox.machineState(machine)) ?? 0);
    const counted = values.filter((value) => value % 10 === index).map((value) => (value - index) / 10);
    const expected = Array.from({ length: state }, (_, i) => i + 1);
    assert.deepEqual(counted, expected);
    assert.deepEqual(
      (await outbox.learningRows(machine)).map((row) => Number(row.body)),
      expected,
    );
    assert.ok(state >= (acknowledged.get(machine) ?? 0), `${machine}: ${acknowledged.get(machine)} acknowledged, ${state} kept`);
  }
  const stored = new Set(seqs);
  const ledger = readFileSync(ledgerFile, "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { seq: number }).seq);
  assert.equal(new Set(ledger).size, ledger.length);
  for (const seq of ledger) assert.ok(stored.has(seq), `${seq} is in the ledger, not in the store`);
}
