import assert from "node:assert/strict";
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { test } from "node:test";

// A real process: exit codes and the two streams are the promise.
const script = `
  import { exitCode, numberOption, requiredOption, runProgram } from "./command-line.ts";
  import { Fault } from "./fault.ts";
  const program = { name: "demo", summary: "A program.", commands: { go: { summary: "Goes.", options: { n: { type: "string", help: "how often", value: "N" } },
    run: async ({ values, isJson }) => {
      if (numberOption(values, "n", { min: 1, max: 9, fallback: 1 }) === 9) throw new Fault("store.busy", "retry", "the store is in use");
      requiredOption({ file: "x" }, "file");
      process.stdout.write(isJson ? "{}" : "went");
      return exitCode.ok;
    } } } };
  process.exitCode = await runProgram(program, JSON.parse(process.env.ARGV));
`;

function run(...argv: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", script], {
    cwd: import.meta.dirname,
    env: { ...process.env, ARGV: JSON.stringify(argv) },
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("commands run; help goes to stdout when asked for", () => {
  assert.deepEqual(run("go"), { status: 0, stdout: "went", stderr: "" });
  assert.deepEqual(run("go", "--json"), { status: 0, stdout: "{}", stderr: "" });
  assert.match(run("--help").stdout, /go {2}Goes\./);
  assert.match(run("go", "--help").stdout, /--n N +how often/);
});

test("mistakes leave with 2 and say what is right, faults with 3 and their line", () => {
  for (const argv of [[], ["nothing"], ["go", "--unknown"], ["go", "--n", "ten"], ["go", "word"]]) {
    const { status, stdout, stderr } = run(...argv);
    assert.equal(status, 2, argv.join(" "));
    assert.equal(stdout, "");
    assert.match(stderr, /Usage: demo/);
  }
  assert.match(run("go", "--jsn").stderr, /^demo go: there is no option --jsn\. Did you mean --json\?\n\nUsage/);
  assert.match(run("go", "--unknown").stderr, /^demo go: there is no option --unknown\.\n\nUsage/);
  assert.match(run("goo").stderr, /^demo: there is no command "goo"\. Did you mean go\?\n/);
  assert.deepEqual(run("go", "--n", "9"), { status: 3, stdout: "", stderr: "demo go: the store is in use [store.busy]\n" });
});

// What it writes after its reader is gone, then whether it ends in order.
const talker = `
  import { setTimeout as sleep } from "node:timers/promises";
  import { exitCode, runProgram } from "./command-line.ts";
  import { untilShutdown } from "./shutdown.ts";
  const lines = async () => { for (let i = 0; i < 20; i++, await sleep(10)) process.stdout.write("line\\n"); };
  const short = async () => { await lines(); process.stderr.write("the end\\n"); return exitCode.failed; };
  const long = async () => { const over = untilShutdown(); setInterval(lines, 250); process.stderr.write(await over); return exitCode.ok; };
  const commands = { short: { summary: "", options: {}, run: short }, long: { summary: "", options: {}, run: long } };
  process.exit(await runProgram({ name: "talker", summary: "", commands }, [process.env.COMMAND]));
`;

async function talkTo(command: string, stdout: (child: ChildProcess) => void, options: SpawnOptions = {}) {
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", talker], {
    cwd: import.meta.dirname,
    env: { ...process.env, COMMAND: command },
    stdio: ["ignore", "pipe", "pipe"],
    ...options,
  });
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += String(chunk);
  });
  stdout(child);
  const [status] = (await once(child, "close")) as [number | null];
  return { status, stderr };
}

test("where the reader of a pipe has seen enough, a command goes on to its end, and one that runs on ends in order", async () => {
  const seenEnough = (child: ChildProcess) => child.stdout?.once("data", () => child.stdout?.destroy());
  assert.deepEqual(await talkTo("short", seenEnough), { status: 1, stderr: "the end\n" });
  assert.deepEqual(await talkTo("long", seenEnough), { status: 0, stderr: "nobody reads its output" });
});

test("output that cannot be written otherwise is no success, and ends nothing: a program that runs on does so", {
  skip: !existsSync("/dev/full"),
}, async () => {
  const full = openSync("/dev/full", "w");
  const stdio: SpawnOptions["stdio"] = ["ignore", full, "pipe"];
  const why = "the output cannot be written: ENOSPC: no space left on device, write\n";
  assert.deepEqual(await talkTo("short", () => {}, { stdio }), { status: 3, stderr: `the end\ntalker short: ${why}` });
  const stopped = (child: ChildProcess) => void setTimeout(() => child.kill("SIGTERM"), 1_000);
  assert.deepEqual(await talkTo("long", stopped, { stdio }), { status: 3, stderr: `SIGTERMtalker long: ${why}` });
  closeSync(full);
});
