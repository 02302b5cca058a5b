// onnxruntime's telemetry begins with files of its own, before anything is sent: a process that opens models must leave none.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const open = `await import(${JSON.stringify(here("session.ts"))}); const { binding, initOrt } = await import("onnxruntime-node/dist/binding.js"); initOrt();`;
const inThread = `const { Worker } = await import("node:worker_threads"); new Worker(${JSON.stringify(open)}, { eval: true });`;
const silent = `await import(${JSON.stringify(here("silent-runtime.ts"))});`;

/** What a program leaves in an empty home and temporary folder; `CI`, which silences onnxruntime as well, is not set. */
function leftBy(program: string): string[] {
  const home = mkdtempSync(join(tmpdir(), "millwright-silent-"));
  const temporary = join(home, "tmp");
  mkdirSync(temporary);
  try {
    const env = { PATH: process.env["PATH"], HOME: home, TMPDIR: temporary };
    execFileSync(process.execPath, ["--input-type=module", "--eval", program], {
      env,
      cwd: here("."),
      stdio: ["ignore", "ignore", "pipe"],
    });
    return readdirSync(home, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
  } finally {
    rmSync(home, { recursive: true });
  }
}

test("a process that opens onnxruntime through us leaves no trace of its telemetry", () => assert.deepEqual(leftBy(open), []));

test("nor does a thread, where the process that starts it silenced onnxruntime", () => assert.deepEqual(leftBy(silent + inThread), []));

test("a thread that would call home does not open", () => assert.throws(() => leftBy(inThread), /would call home/));

test("without us it leaves some: the test can fail", () => {
  const plain = `const { initOrt } = await import("onnxruntime-node/dist/binding.js"); initOrt();`;
  assert.ok(leftBy(plain).includes("deviceid"));
});
