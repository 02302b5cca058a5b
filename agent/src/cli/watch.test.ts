import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { HostileServer, replyTo } from "../registers/test-support/hostile-server.ts";
import { type BenchFolder, benchFolder } from "./test-support/bench-folder.ts";
import { noTerminal, runCli, startOnTerminal } from "./test-support/cli.ts";

let server: HostileServer;
let bench: BenchFolder;
before(async () => {
  let asked = 0;
  // Every register one more with each block; the device is silent at the third one.
  server = await HostileServer.start((request, socket) => {
    asked++;
    if (asked === 3) return;
    const reply = replyTo(request);
    reply.writeUInt16BE(100 + asked, 9 + 2 * (7 - request.address));
    socket.write(reply);
  });
  bench = benchFolder({ one: server.port });
});
after(async () => {
  bench.remove();
  await server.stop();
});

test("elsewhere than on a terminal: the first reading whole, then a line for each change, and at the end how the bus did", async () => {
  const { status, stdout } = await runCli(["watch", "--config", bench.config, "--every", "150ms", "--count", "5"]);
  assert.equal(status, 0);
  const lines = stdout.trim().split("\n");
  assert.equal(lines.filter((line) => / {2}M-1 {2}total {2}/.test(line)).length, 3, "first, silent, back again");
  assert.equal(lines.filter((line) => / {2}M-1 {2}level {2}/.test(line)).length, 5);
  assert.match(stdout, /M-1 {2}reads\.0 \(one\) {2}! .*\[bus_timeout\]\n/);
  assert.match(stdout, /M-1 {2}reads\.0 \(one\) {2}answers\n/);
  assert.match(lines.at(-1) ?? "", /^bus one {2}127\.0\.0\.1:\d+ {2}80\.00 % ok {3}1 time-out/);
});

test("--json: a document for each reading", async () => {
  const { status, stdout } = await runCli(["watch", "--config", bench.config, "--every", "50ms", "--count", "3", "--json"]);
  assert.equal(status, 0);
  const readings = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { n: number; machines: object[]; buses: { good: number }[] });
  assert.deepEqual(
    readings.map(({ n, machines, buses }) => [n, machines.length, buses[0]?.good]),
    [
      [1, 1, 1],
      [2, 1, 2],
      [3, 1, 3],
    ],
  );
});

test("a period that is none: exit code 2", async () => {
  const { status, stderr } = await runCli(["watch", "--config", bench.config, "--every", "fast"]);
  assert.equal(status, 2);
  assert.match(stderr, /--every must be a duration/);
});

test("on a narrow terminal ranges and ages are left out and names are shortened, never a quality", { skip: noTerminal }, async () => {
  const words = ["watch", "--config", bench.config, "--every", "100ms", "--count", "1"];
  const { stdout } = await startOnTerminal(words, { columns: 36 }).ended;
  const [, page = "", after = ""] = stripVTControlCharacters(stdout.replaceAll("\u001b[?1049", "\f\u001b[?1049")).split("\f");
  assert.match(page, /\n {2}level +\d+ {2}mm +good\r/);
  assert.doesNotMatch(page, /max/);
  assert.match(after, / now .* min +max/, "what stays is whole");
});

test("on a terminal: in place on the alternate screen, with the range since the start; Ctrl-C gives the terminal back", {
  skip: noTerminal,
}, async () => {
  const { child, saw, ended } = startOnTerminal(["watch", "--config", bench.config, "--every", "100ms"]);
  await saw(/reading 3, every 100ms; Ctrl-C ends/);
  child.stdin?.write("\u0003");
  const { status, stdout } = await ended;
  assert.equal(status, 0);
  const [before = "", rest = ""] = stdout.split("\u001b[?1049h");
  const [page = "", after = ""] = rest.split("\u001b[?1049l");
  assert.equal(before, "");
  assert.match(page, /now +min +max/);
  assert.ok(page.includes("\u001b[?25h"), "the cursor comes back");
  assert.match(after, /^M-1 /, "the last page stays");
  assert.match(after, /^bus one /m);
});
