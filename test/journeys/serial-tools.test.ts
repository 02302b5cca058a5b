// The tools of the agent on a simulator's serial line, as the README has them: the simulator is the line's other side, another program on it is not.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startProgram } from "../../scripts/processes/child-program.ts";
import { programs } from "../../scripts/processes/programs.ts";

const skip = spawnSync("socat", ["-V"]).error === undefined ? false : "socat is not installed";

test("a simulator's line is scanned and read; while another program has it open it is not", { skip, timeout: 120_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "millwright-line-"));
  const port = join(folder, "rs485");
  const scenario = join(folder, "scenario.yaml");
  writeFileSync(scenario, `lines: { rs485: { pty: ${port} } }\nmachines: { P-1: { kind: centrifugal-pump, unit: 2, line: rs485 } }\n`);
  const sim = startProgram("sim", programs.sim, ["plant", "--scenario", scenario, "--json"]);
  t.after(async () => {
    await sim.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await sim.waitFor("ready", 60_000);
  const agent = (...words: string[]) => spawnSync(process.execPath, [programs.agent, ...words], { encoding: "utf8" });
  const read = () => agent("read", "--port", port, "--unit", "2", "--template", "sim/centrifugal-pump");

  const scan = agent("scan", "--port", port, "--units", "1-3");
  assert.equal(scan.status, 0, scan.stdout + scan.stderr);
  assert.match(scan.stdout, /unit 2\n.*sim\/centrifugal-pump/);
  assert.match(read().stdout, /11 of 11 points good/);

  const other = openSync(port, "r+"); // This very test is the other program.
  const refused = read();
  closeSync(other);
  assert.equal(refused.status, 3);
  assert.ok(refused.stderr.includes(`(process ${process.pid})`), refused.stderr);
});
