import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
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
