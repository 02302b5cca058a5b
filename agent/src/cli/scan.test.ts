import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { exceptionTo, HostileServer, replyTo } from "../registers/test-support/hostile-server.ts";
import { noSocat, PtyLine } from "../registers/test-support/pty-line.ts";
import { RtuSlave, rtuException } from "../registers/test-support/rtu-slave.ts";
import { seeded } from "../registers/test-support/seeded.ts";
import { lineSettings } from "./scan/line-settings.ts";
import { searchLine } from "./scan/search-line.ts";
import { runAgent } from "./test-support/run-agent.ts";
import { slaveWithSettings, unitWith } from "./test-support/slave-with-settings.ts";

type Found = {
  baud: number;
  data_bits: number;
  parity: string;
  stop_bits: number;
  unit: number;
  any_unit: boolean;
  templates: { template: string; fit: string }[];
};
type Document = { found: Found[]; tried: number; seconds: number };

/** Socomec DIRIS A-10: "SOCO" and its family. */
const diris = { 50000: 0x53, 50001: 0x4f, 50002: 0x43, 50003: 0x4f, 50004: 400 };

test("unknown settings and unit: found, and named by its identification registers", { skip: noSocat }, async (t) => {
  const { random } = seeded("scan of a line");
  const settings = { baud: random() < 0.5 ? 9_600 : 19_200, data_bits: 8, parity: random() < 0.5 ? "none" : "even", stop_bits: 1 };
  const unit = 1 + Math.floor(32 * random());
  const line = await slaveWithSettings(settings, unitWith(unit, diris));
  t.after(() => line.remove());
  const { status, stdout, stderr } = await runAgent(["scan", "--port", line.path, "--json"], line.env);
  assert.equal(status, 0, stderr);
  const { found, tried } = JSON.parse(stdout) as Document;
  const [one] = found;
  assert.equal(found.length, 1);
  assert.deepEqual([one?.baud, one?.data_bits, one?.parity, one?.stop_bits, one?.unit], [...Object.values(settings), unit]);
  assert.deepEqual(
    one?.templates.map(({ template, fit }) => [template, fit]),
    [["socomec/diris-a10", "is"]],
  );
  assert.ok(tried > 0);
  assert.ok(line.slave.asked.every((asked) => asked.unit !== 0));
});

test("two units, one that only knows exceptions and one that is slow: both are found", { skip: noSocat }, async (t) => {
  const settings = { baud: 9_600, data_bits: 8, parity: "even", stop_bits: 1 };
  const line = await slaveWithSettings(settings, (asked) => ([3, 5].includes(asked.unit) ? rtuException(asked, 2) : null), {
    delayMs: 110,
  });
  t.after(() => line.remove());
  const { status, stdout } = await runAgent(["scan", "--port", line.path, "--units", "1-6"], line.env);
  assert.equal(status, 0);
  assert.match(stdout, /2 units found/);
  assert.match(stdout, /9600 8E1, unit 3\n {2}no template stands out\n {2}Look at its registers: millwright-agent probe --port/);
  assert.match(stdout, /9600 8E1, unit 5\n/);
});

test("nobody: exit code 1 and what to look at; garbage is a hint; no port stays open", { skip: noSocat }, async (t) => {
  const line = await slaveWithSettings({ baud: 57_600, data_bits: 8, parity: "none", stop_bits: 1 }, unitWith(1, {}));
  t.after(() => line.remove());
  const { status, stdout, stderr } = await runAgent(["scan", "--port", line.path, "--units", "1-2"], line.env);
  assert.equal(status, 1);
  for (const says of [/Nobody answers \(24 requests/, /no reply came at 9600 8N1/, /A and B swapped/, /--all/]) assert.match(stdout, says);
  assert.match(stderr, /19200 8E1 …\n/);
  const open = readdirSync("/proc/self/fd").length;
  const before = process.env["MILLWRIGHT_SERIAL_SETTINGS"];
  Object.assign(process.env, line.env);
  await searchLine(lineSettings(line.path, true), [7], () => {});
  if (before === undefined) delete process.env["MILLWRIGHT_SERIAL_SETTINGS"];
  // One poller of the first port may be let go of later.
  assert.ok(readdirSync("/proc/self/fd").length <= open + 3, `${readdirSync("/proc/self/fd").length} open, before ${open}`);
});

test("a pseudo terminal that hears no settings answers to the first: that is said, not told as the line's", {
  skip: noSocat,
}, async (t) => {
  const slave = await RtuSlave.start((asked, socket) => void socket.write(unitWith(3, {})(asked) ?? ""));
  const pty = await PtyLine.plug(slave.port);
  const folder = mkdtempSync(join(tmpdir(), "millwright-settings-"));
  t.after(async () => {
    rmSync(folder, { recursive: true });
    await pty.remove();
    await slave.stop();
  });
  const { status, stdout, stderr } = await runAgent(["scan", "--port", pty.line.path, "--units", "3", "--json"]);
  assert.deepEqual([status, (JSON.parse(stdout) as Document).found.length], [0, 1]);
  assert.match(stderr, /^Note: .*line is a pseudo terminal, which works with any settings: those shown are the first/m);
  const heard = await runAgent(["scan", "--port", pty.line.path, "--units", "3"], { MILLWRIGHT_SERIAL_SETTINGS: folder });
  assert.doesNotMatch(heard.stderr, /Note/);
});

test("a port that is not there, or in use: exit code 3", { skip: noSocat }, async (t) => {
  const none = await runAgent(["scan", "--port", "/dev/millwright-no-such-port"]);
  assert.equal(none.status, 3);
  assert.match(none.stderr, /no such port/);
  const line = await slaveWithSettings({ baud: 9_600, data_bits: 8, parity: "none", stop_bits: 1 }, unitWith(1, {}));
  t.after(() => line.remove());
  const other = spawn("sh", ["-c", 'exec 3<>"$0"; echo open; read _', line.path], { stdio: ["pipe", "pipe", "ignore"] });
  await once(other.stdout, "data");
  const taken = await runAgent(["scan", "--port", line.path], line.env);
  assert.equal(taken.status, 3);
  assert.match(taken.stderr, /is held by .* \(process \d+\)/);
  other.kill();
  await once(other, "exit");
});

test("behind an endpoint: exceptions 10 and 11 mean that nobody is there; a device that answers to any number is told once", async () => {
  const gateway = await HostileServer.start((asked, socket) =>
    socket.write([4, 9].includes(asked.unit) ? exceptionTo(asked, 2) : exceptionTo(asked, asked.unit % 2 === 0 ? 10 : 11)),
  );
  const { status, stdout } = await runAgent(["scan", "--tcp", `127.0.0.1:${gateway.port}`, "--json"]);
  assert.equal(status, 0);
  const { found, tried } = JSON.parse(stdout) as Document;
  assert.deepEqual([found.map(({ unit }) => unit), tried], [[4, 9], 34]);
  gateway.behaviour = (asked, socket) => void socket.write(replyTo(asked));
  const any = JSON.parse((await runAgent(["scan", "--tcp", `127.0.0.1:${gateway.port}`, "--json"])).stdout) as Document;
  assert.deepEqual(
    any.found.map(({ unit, any_unit }) => [unit, any_unit]),
    [[1, true]],
  );
  gateway.behaviour = (asked, socket) => void socket.write(exceptionTo(asked, 11));
  const nobody = await runAgent(["scan", "--tcp", `127.0.0.1:${gateway.port}`]);
  assert.equal(nobody.status, 1);
  const { port } = gateway;
  await gateway.stop();
  const gone = await runAgent(["scan", "--tcp", `127.0.0.1:${port}`]);
  assert.equal(gone.status, 3);
});

test("wrong options: exit code 2", async () => {
  for (const [words, says] of [
    [[], /address is missing/],
    [["--port", "/dev/null", "--units", "0-5"], /--units must be numbers from 1 to 247/],
    [["--tcp", "127.0.0.1:502", "--units", "5-1"], /--units must be/],
    [["--http", "http://127.0.0.1"], /http/],
  ] as const) {
    const { status, stderr } = await runAgent(["scan", ...words]);
    assert.equal(status, 2);
    assert.match(stderr, says);
  }
});
