import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { answerWell, exceptionTo, HostileServer } from "../registers/test-support/hostile-server.ts";
import { type BenchFolder, benchFolder } from "./test-support/bench-folder.ts";
import { runCli } from "./test-support/cli.ts";

type Document = {
  ok: boolean;
  summary: { good: number; points: number };
  machines: {
    machine: { name: string };
    points: {
      name: string;
      value: number | null;
      shown: number | null;
      quality: string;
      reason: string | null;
      word: string | null;
      registers?: object;
    }[];
    devices: { ok: boolean; code: string | null; detail: string | null; next: string | null }[];
  }[];
};

let server: HostileServer;
let bench: BenchFolder;
before(async () => {
  server = await HostileServer.start();
  // Nothing listens on port 1.
  bench = benchFolder({ one: server.port, two: 1 });
});
after(async () => {
  bench.remove();
  await server.stop();
});

const device = (...more: string[]): string[] => [
  "read",
  "--tcp",
  `127.0.0.1:${server.port}`,
  "--templates",
  join(bench.dir, "own"),
  ...more,
];

test("one machine: a line for each point, its value in its unit, a word for a code; exit code 0", async () => {
  const { status, stdout, stderr } = await runCli(["read", "--config", bench.config, "--machine", "M-1"]);
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /^M-1 {2}127\.0\.0\.1:\d+, unit 1, acme\/meter$/m);
  assert.match(stdout, /^ {2}level +7 +mm +good/m);
  assert.match(stdout, /^ {2}state +2 += running +good/m);
  assert.match(stdout, /^ {2}probe +5 +°C +good/m);
  assert.match(stdout, /^4 of 4 points good$/m);
  assert.match(stdout, /^ {2}serial_number is 8$/m);
  assert.ok(stdout.split("\n").every((line) => line.length <= 80));
});

test("--raw: registers as the manual numbers them, in hexadecimal; a device by options alone", async () => {
  const { status, stdout } = await runCli(device("--unit", "1", "--template", "acme/meter", "--raw"));
  assert.equal(status, 0);
  assert.match(stdout, /^ {2}level +7 +mm +good +holding 8 +0007$/m);
  assert.match(stdout, /^ {2}total +1245\.204 +kWh +good +holding 20 +0013 0014$/m);
});

test("a device that is absent: which bus, why, and the next step; the others are read; exit code 1", async () => {
  const { status, stdout } = await runCli(["read", "--config", bench.config, "--json"]);
  assert.equal(status, 1);
  const { ok, summary, machines } = JSON.parse(stdout) as Document;
  assert.deepEqual([ok, summary], [false, { good: 4, points: 8 }]);
  assert.deepEqual(
    machines.map(({ devices }) => devices[0]?.code),
    [null, "bus_unreachable"],
  );
  assert.match(machines[1]?.devices[0]?.detail ?? "", /nothing listens there \(ECONNREFUSED\)/);
  assert.match(machines[1]?.devices[0]?.next ?? "", /^Ping the address/);
  const text = await runCli(["read", "--config", bench.config]);
  assert.match(text.stdout, /^ {2}all 4 points +– +no connection$/m);
  assert.match(text.stdout, /^4 of 8 points good; 1 device fails$/m);
});

test("a device that refuses, one that is silent, and a value that is none", async () => {
  server.behaviour = (asked, socket) => void socket.write(exceptionTo(asked, 11));
  const refused = await runCli(device("--unit", "7", "--template", "acme/meter", "--timeout", "100ms"));
  assert.match(refused.stdout, /exception 11 \(it does not\s+answer the converter\)/);
  assert.match(refused.stdout, /Check unit number and power/);
  server.behaviour = () => {};
  const silent = await runCli(device("--unit", "7", "--template", "acme/meter", "--timeout", "100ms", "--json"));
  assert.equal((JSON.parse(silent.stdout) as Document).machines[0]?.devices[0]?.code, "bus_timeout");
  server.behaviour = answerWell;
  const sentinel = benchFolder({ one: server.port }, { from: "9999", to: "5" });
  const { status, stdout } = await runCli(["read", "--config", sentinel.config, "--json"]);
  sentinel.remove();
  const probe = (JSON.parse(stdout) as Document).machines[0]?.points.find(({ name }) => name === "probe");
  assert.deepEqual([status, probe?.value, probe?.quality, probe?.reason], [1, null, "bad", "sentinel"]);
});

test("a line that another program holds is left alone: exit code 3, and who it is", async () => {
  const port = join(bench.dir, "port");
  writeFileSync(port, "");
  const script = join(bench.dir, "reader-of-ports.cjs");
  writeFileSync(script, "require('node:fs').openSync(process.argv[2]); console.log('open'); setInterval(() => {}, 1000)");
  const holder = spawn(process.execPath, ["--no-warnings", script, port], { stdio: ["ignore", "pipe", "ignore"] });
  await once(holder.stdout, "data");
  const { status, stderr } = await runCli(["read", "--port", port, "--unit", "1", "--template", "sim/centrifugal-pump"]);
  holder.kill();
  assert.equal(status, 3);
  assert.match(stderr, new RegExp(`is held by reader-of-ports \\(process ${holder.pid}\\)`));
});

test("what is wrong with the options is said in the options' words, exit code 2; with the configuration, exit code 3", async () => {
  const cases: [string[], RegExp][] = [
    [["read"], /--config is missing/],
    [["read", "--config", bench.config, "--machine", "M-3"], /--machine "M-3" is not in the configuration. Did you mean "M-1"\?/],
    [device("--unit", "1"), /--template is missing/],
    [device("--template", "acme/meter"), /--unit is missing/],
    [device("--unit", "1", "--template", "acme/metre"), /--template "acme\/metre" not found\. Did you mean "acme\/meter"\?/],
    [["read", "--tcp", "10.0.0.7", "--unit", "1", "--template", "sim/centrifugal-pump"], /--tcp must be host:port/],
    [["read", "--port", "/dev/ttyUSB0", "--baud", "9601", "--unit", "1", "--template", "sim/centrifugal-pump"], /--baud must be/],
    [device("--unit", "1", "--template", "acme/meter", "--config", bench.config), /not both/],
    [device("--unit", "1", "--template", "acme/meter", "--machine", "M-1"), /--machine chooses from a configuration/],
  ];
  for (const [words, message] of cases) {
    const { status, stdout, stderr } = await runCli(words, { cwd: join(bench.dir, "own") });
    assert.equal(status, 2, words.join(" "));
    assert.equal(stdout, "");
    assert.match(stderr, message);
  }
  const broken = await runCli(["read", "--config", join(bench.dir, "own/acme/meter.yaml")]);
  assert.equal(broken.status, 3);
  assert.match(broken.stderr, /meter\.yaml:\d+:\d+ {2}unknown key "template"/);
});
