import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parse } from "yaml";
import { search } from "./init/ask-template.ts";
import { noTerminal, runCli, startOnTerminal } from "./test-support/cli.ts";

const dir = mkdtempSync(join(tmpdir(), "millwright-init-"));
after(() => rmSync(dir, { recursive: true }));

const whole = ["--agent", "box-1", "--site", "acme/line1", "--gateway", "mqtt://10.0.0.2:1883", "--tcp", "10.0.0.7:502"];
const pump = ["--machine", "P-101=centrifugal-pump:sim/centrifugal-pump:1"];

test("from options alone: a configuration that passes `check`, with the schema's line for editors; then what comes next", async () => {
  const { status, stdout } = await runCli(
    ["init", ...whole, "--port", "/dev/ttyUSB0", "--baud", "9600", ...pump, "--machine", "P-102=fan:sim/centrifugal-pump:7@line"],
    { cwd: dir },
  );
  assert.equal(status, 0);
  assert.match(stdout, /^ {2}millwright-agent doctor +looks/m);
  const text = readFileSync(join(dir, "agent.yaml"), "utf8");
  assert.match(text, /^# yaml-language-server: \$schema=.*agent\.schema\.json$/m);
  const { buses, machines } = parse(text) as { buses: object; machines: Record<string, { reads: object[] }> };
  assert.deepEqual(buses, {
    net: { tcp: "10.0.0.7:502", timeout: "500ms", retries: 1 },
    line: { port: "/dev/ttyUSB0", baud: 9600, parity: "even", timeout: "500ms", retries: 1 },
  });
  assert.deepEqual(machines["P-102"]?.reads, [{ bus: "line", unit: 7, template: "sim/centrifugal-pump", every: "5s" }]);
  assert.equal((await runCli(["check", "--config", "agent.yaml"], { cwd: dir })).status, 0);
});

test("the vibration zones it proposes hold as they stand once they are no comment any more", async () => {
  const machines = ["--machine", "P-1=centrifugal-pump:sim/centrifugal-pump:1", "--machine", "F-2=fan:banner/qm30vt2:2"];
  await runCli(["init", "--out", "zones.yaml", ...whole, ...machines, "--machine", "E-3=other:eastron/sdm120:3"], { cwd: dir });
  const text = readFileSync(join(dir, "zones.yaml"), "utf8");
  writeFileSync(join(dir, "zones.yaml"), text.replaceAll("# vibration_zones:", "vibration_zones:"));
  const { status, stdout, stderr } = await runCli(["check", "--config", "zones.yaml"], { cwd: dir });
  assert.deepEqual([status, stderr, stdout.match(/warning/g)?.length], [0, "", 2], "a warning is only what zone C is");
  assert.match(stdout, /^P-1: vibration_rms_de, vibration_rms_nde by ISO 10816-7, category II, up to 200 kW, /m);
  assert.match(stdout, /^F-2: vibration_rms_z, vibration_rms_x by ISO 20816-3, group 2, rigid, /m);
});

test("never over a file: exit code 3, and the file is as it was", async () => {
  writeFileSync(join(dir, "mine.yaml"), "mine");
  const { status, stderr } = await runCli(["init", "--out", "mine.yaml", ...whole, ...pump], { cwd: dir });
  assert.equal(status, 3);
  assert.match(stderr, /not written over/);
  assert.equal(readFileSync(join(dir, "mine.yaml"), "utf8"), "mine");
});

test("where something is missing or wrong, nothing is written: exit code 2", async () => {
  const cases: [string[], RegExp][] = [
    [[], /--agent, --site, --gateway, --tcp \(or --rtu-tcp, --port, --http\), --machine are missing/],
    [[...whole, "--machine", "P-101"], /must be NAME=class:template:unit/],
    [[...whole, "--machine", "P-101=pump:sim/centrifugal-pump:1"], /class must be one of centrifugal-pump/],
    [[...whole, "--machine", "P-101=fan:sim/centrifugal-pmp:1"], /Did you mean "sim\/centrifugal-pump"/],
    [[...whole, "--machine", "P-101=fan:sim/centrifugal-pump"], /unit is missing/],
    [[...whole, "--machine", "P-101=fan:sim/centrifugal-pump:1@lien"], /there is no bus "lien"/],
    [[...whole, ...pump, "--every", "often"], /must be a duration/],
    [[...whole, ...pump, ...pump], /--machine P-101 is given twice/],
    [[...whole, ...pump, "--out", "nowhere/agent.yaml"], /nowhere does not exist\. Give --out a path in a folder that does\./],
  ];
  for (const [words, message] of cases) {
    const { status, stderr } = await runCli(["init", "--out", "new.yaml", ...words], { cwd: dir });
    assert.equal(status, 2, words.join(" "));
    assert.match(stderr, message);
  }
  assert.throws(() => readFileSync(join(dir, "new.yaml")));
});

test("on a terminal it asks, again where an answer cannot be; the file passes `check`", { skip: noTerminal }, async () => {
  const { child, saw, ended } = startOnTerminal(["init", "--out", "asked.yaml", "--gateway", "mqtt://10.0.0.2:1883"], { cwd: dir });
  const dialogue: [RegExp, string][] = [
    [/Name of this box/, "box 7"],
    [/must be 1 to 64 letters/, "box-7"],
    [/Where its machines stand/, "acme/line1"],
    [/Bus \[1\]/, "Modbus TCP"],
    [/HOST:PORT/, "10.0.0.7:502"],
    [/Another bus/, ""],
    [/painted on the machine/, "P-101"],
    [/What it is/, "fan"],
    [/a part of its name/, "SIMULATED centrifugal"],
    [/Its unit number/, "300"],
    [/must be from 0 to 255/, "0x3"],
    [/(must be from 0 to 255[\s\S]*){2}/, "3"],
    [/Another machine/, "n"],
    [/How often/, "2s"],
  ];
  for (const [question, answer] of dialogue) {
    await saw(question);
    child.stdin?.write(`${answer}\r`);
  }
  const { status, stdout } = await ended;
  assert.equal(status, 0, stdout);
  assert.match(readFileSync(join(dir, "asked.yaml"), "utf8"), /unit: 3, template: sim\/centrifugal-pump, every: 1s/);
  assert.equal((await runCli(["check", "--config", "asked.yaml"], { cwd: dir })).status, 0);
});

test("a machine given as an option hangs on the first bus that is asked for; a serial server is one of them", {
  skip: noTerminal,
}, async () => {
  const { child, saw, ended } = startOnTerminal(["init", "--out", "server.yaml", ...whole.slice(0, 6), ...pump, "--every", "2s"], {
    cwd: dir,
  });
  for (const [question, answer] of [
    [/Bus \[1\]/, "RTU over TCP"],
    [/Address of the serial server/, "10.0.0.8:4001"],
    [/Another bus/, ""],
  ] as const) {
    await saw(question);
    child.stdin?.write(`${answer}\r`);
  }
  const { status, stdout } = await ended;
  assert.equal(status, 0, stdout);
  const { buses, machines } = parse(readFileSync(join(dir, "server.yaml"), "utf8")) as {
    buses: object;
    machines: Record<string, { reads: { bus: string }[] }>;
  };
  assert.deepEqual(buses, { rtu: { rtu_tcp: "10.0.0.8:4001", timeout: "500ms", retries: 1 } });
  assert.deepEqual(
    machines["P-101"]?.reads.map(({ bus }) => bus),
    ["rtu"],
  );
  const options = ["--out", "options.yaml", ...whole, "--rtu-tcp", "10.0.0.8:4001", "--machine", "P-1=fan:sim/centrifugal-pump:1@rtu"];
  assert.equal((await runCli(["init", ...options], { cwd: dir })).status, 0);
});

test("Ctrl-C at a question: nothing is written, exit code 1", { skip: noTerminal }, async () => {
  const { child, saw, ended } = startOnTerminal(["init", "--out", "none.yaml"], { cwd: dir });
  await saw(/Name of this box/);
  child.stdin?.write("\u0003");
  const { status, stdout } = await ended;
  assert.equal(status, 1);
  assert.match(stdout, /nothing was written/);
  assert.throws(() => readFileSync(join(dir, "none.yaml")));
});

test("the search wants every word, in name or title, whatever the capitals", () => {
  const templates = [
    { name: "eastron/sdm120", title: "Single-phase meter", protocol: "modbus" as const, hasUnits: true },
    { name: "eastron/sdm630", title: "Three-phase meter", protocol: "modbus" as const, hasUnits: true },
  ];
  const names = (text: string): string[] => search(templates, text).map(({ name }) => name);
  assert.deepEqual(names("*").length, 2);
  assert.deepEqual(names("EASTRON single"), ["eastron/sdm120"]);
  assert.deepEqual(names("siemens"), []);
});
