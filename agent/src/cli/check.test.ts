import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const example = fileURLToPath(new URL("../../examples/agent.yaml", import.meta.url));
const run = (...words: string[]) => spawnSync(process.execPath, [main, ...words], { encoding: "utf8" });

test("a good configuration: exit code 0, one line of what it amounts to, and the vibration zones that hold", () => {
  const { status, stdout, stderr } = run("check", "--config", example);
  assert.deepEqual([status, stderr], [0, ""]);
  const [summary, zones, ...rest] = stdout.split("\n");
  assert.match(summary ?? "", /^agent press-hall-1: 2 machines, \d+ points, \d+ requests a second on 1 bus$/);
  assert.equal(
    zones,
    "P-101: vibration_rms_de, vibration_rms_nde by ISO 10816-7, category II, up to 200 kW, mm/s RMS: A to 3.2, B to 5.1, C to 8.5 is a warning, D above is critical, after 10s",
  );
  assert.deepEqual(rest, [""]);
  const document = JSON.parse(run("check", "--config", example, "--json").stdout) as { zones: unknown[] };
  const standard = {
    machine: "P-101",
    standard: "ISO 10816-7, category II, up to 200 kW",
    boundaries_mm_s: [3.2, 5.1, 8.5],
    persistence_rows: 10,
  };
  assert.deepEqual(document.zones, [
    { ...standard, point: "vibration_rms_de" },
    { ...standard, point: "vibration_rms_nde" },
  ]);
});

test("the example with devices that speak JSON and text is good, too", () => {
  const { status, stdout, stderr } = run("check", "--config", fileURLToPath(new URL("../../examples/http-and-text.yaml", import.meta.url)));
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /^agent mixing-1: 1 machine, 5 points, 2.03 requests a second on 3 buses\n$/);
});

test("with mistakes: exit code 1, one line each; --json gives the same as a document", () => {
  const dir = mkdtempSync(join(tmpdir(), "millwright-check-"));
  const file = join(dir, "agent.yaml");
  writeFileSync(file, "version: 2\nagent: hall-1\n");
  const text = run("check", "--config", file);
  assert.equal(text.status, 1);
  assert.ok(text.stdout.includes(`${file}:1:10  version must be 1, not 2`));
  const document = JSON.parse(run("check", "--config", file, "--json").stdout) as { ok: boolean; issues: unknown[] };
  assert.equal(document.ok, false);
  assert.equal(document.issues.length, text.stdout.trim().split("\n").length);
  rmSync(dir, { recursive: true });
});

test("check and run without --config take the agent.yaml that is here; where there is none, exit code 2 and how to write one", () => {
  const dir = mkdtempSync(join(tmpdir(), "millwright-check-"));
  const here = (word: string) => spawnSync(process.execPath, [main, word], { encoding: "utf8", cwd: dir });
  for (const word of ["check", "run"]) {
    const { status, stderr } = here(word);
    assert.equal(status, 2);
    assert.match(stderr, /--config is missing, and there is no agent\.yaml here\. Write one: millwright-agent init/);
  }
  writeFileSync(join(dir, "agent.yaml"), "version: 2\n");
  const check = here("check");
  assert.equal(check.status, 1);
  assert.match(check.stdout, /^agent\.yaml:1:10 {2}version must be 1, not 2$/m);
  const run = here("run");
  assert.equal(run.status, 3);
  assert.match(run.stderr, /^agent\.yaml:1:10 {2}version must be 1, not 2$/m);
  rmSync(dir, { recursive: true });
});

test("after `check` the agent's first start compiles nothing, in none of its threads", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "millwright-compiled-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const config = join(folder, "agent.yaml");
  writeFileSync(
    config,
    `version: 1
agent: box-1
site: acme/line1
gateway: { url: "mqtt://127.0.0.1:1" }
data_dir: data
buses: { net: { tcp: "127.0.0.1:1" } }
machines:
  P-1: { class: other, every: 2s, reads: [{ bus: net, unit: 1, template: sim/centrifugal-pump, every: 1s }] }
`,
  );
  const program = fileURLToPath(new URL("../../millwright-agent.mjs", import.meta.url));
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, "cache") };
  assert.equal(spawnSync(process.execPath, [program, "check", "--config", config], { env }).status, 0);
  const agent = spawn(process.execPath, [program, "run", "--config", config], { env: { ...env, NODE_DEBUG_NATIVE: "COMPILE_CACHE" } });
  let told = "";
  agent.stderr.on("data", (chunk) => {
    told += String(chunk);
  });
  // It is told to end in the very moment it says that it runs: in order, all the same.
  agent.stdout.on("data", (chunk) => void (/agent box-1 runs/.test(String(chunk)) && agent.kill("SIGINT")));
  const [status] = (await once(agent, "close")) as [number | null];
  assert.equal(status, 0);
  // What the threads tell is mixed within a line, but never within one of these pieces.
  assert.match(told, /retrieving transpile cache for StrippedTypeScript \S*outbox-worker\.ts\.\.\./);
  assert.deepEqual(told.match(/no transpile cache for StrippedTypeScript \S+/g), null);
});
