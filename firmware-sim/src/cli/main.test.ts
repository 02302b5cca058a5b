// The program as a user runs it: a real process, a real socket, modbus-serial as the client, a clock 50 times as fast.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { RegisterTemplate } from "@millwright/contract/register-template";
import { clockText, clockVariable } from "@millwright/kit/clock";
import { readYamlFile } from "@millwright/kit/yaml-file";
import modbus from "modbus-serial";
import { sineCsv, sineProfile } from "../test-support/sine-recording.ts";

const folder = mkdtempSync(join(tmpdir(), "millwright-sim-"));
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

type Event = { event: string } & Record<string, unknown>;

function start(...words: string[]) {
  const env = { ...process.env, [clockVariable]: clockText(50, Date.now()) };
  const child = spawn(process.execPath, [fileURLToPath(new URL("main.ts", import.meta.url)), ...words, "--json"], { env });
  children.push(child);
  const events: Event[] = [];
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const lines: string[] = [];
  createInterface(child.stdout).on("line", (line) => {
    lines.push(line);
    events.push(JSON.parse(line) as Event);
  });
  const ended = once(child, "close").then(([code]) => code as number);
  const until = async (name: string): Promise<Event> => {
    for (let i = 0; i < 500; i++, await sleep(20)) {
      const event = events.find((one) => one.event === name);
      if (event !== undefined) return event;
    }
    throw new Error(`no ${name}: ${JSON.stringify(events)} ${errors}`);
  };
  return { child, events, until, ended, output: () => lines.join("\n"), errors: () => errors };
}

async function poll(port: unknown, unit: number) {
  const client = new modbus.default();
  await client.connectTCP("127.0.0.1", { port: Number(port) });
  client.setID(unit);
  client.setTimeout(300);
  return client;
}

const csv = join(folder, "sine.csv");
const profile = join(folder, "profile.yaml");
writeFileSync(csv, sineCsv());
writeFileSync(profile, JSON.stringify(sineProfile)); // JSON is YAML.

test("recording: ready, first_poll, every row on the wire, finished, stopped", async () => {
  const sim = start("recording", "--file", csv, "--profile", profile, "--port", "0", "--emit", folder, "--scramble", "5");
  const ready = await sim.until("ready");
  const file = join(folder, "recording/sine.yaml");
  assert.deepEqual(ready, {
    event: "ready",
    port: ready["port"],
    units: [{ port: ready["port"], unit: 1, machine: "M-1", template: "recording/sine" }],
    template: file,
  });
  const read = readYamlFile(file, RegisterTemplate);
  assert.ok(read.ok, JSON.stringify(read));
  const { base, points } = read.value;

  const client = await poll(ready["port"], 1);
  const seen = new Set<string>();
  while (!sim.events.some(({ event }) => event === "finished")) {
    const row = points["row"] as RegisterTemplate["points"][string];
    await client.readHoldingRegisters(row.register - base, 2).then(
      ({ data }) => seen.add(String(data)),
      () => {},
    );
    await sleep(4);
  }
  client.close(() => {});
  assert.deepEqual(await sim.until("finished"), { event: "finished", served: 210 });
  assert.ok(seen.size >= 100 && seen.size <= 210, `${seen.size} rows seen`); // A busy machine may miss many of its 20 ms.
  assert.equal((await sim.until("first_poll"))["machine"], "M-1");
  sim.child.kill("SIGTERM");
  assert.equal(await sim.ended, 0);
  assert.deepEqual(sim.events.at(-1), { event: "stopped", served: 210, faults: {} });
});

test("plant: two pumps on one port, the ailment told at its moment, ended by SIGINT", async () => {
  const scenario = join(folder, "scenario.yaml");
  writeFileSync(
    scenario,
    "machines:\n  P-1: { kind: centrifugal-pump, unit: 1, ailments: [{ kind: bearing_wear, at: 20s, grows_over: 1m }] }\n  P-2: { kind: centrifugal-pump, unit: 2 }\n",
  );
  const sim = start("plant", "--scenario", scenario, "--port", "0");
  const ready = await sim.until("ready");
  for (const unit of [1, 2]) {
    const client = await poll(ready["port"], unit);
    assert.deepEqual((await client.readHoldingRegisters(0, 2)).data, [0, 1]);
    client.close(() => {});
  }
  const [first, ailment] = [await sim.until("first_poll"), await sim.until("ailment")];
  assert.deepEqual({ ...ailment, wall_ms: 0 }, { event: "ailment", machine: "P-1", ailment: "bearing_wear", wall_ms: 0 });
  const afterMs = (ailment["wall_ms"] as number) - (first["wall_ms"] as number);
  assert.ok(afterMs >= 19_000 && afterMs < 90_000, `${afterMs} ms`);
  sim.child.kill("SIGINT");
  assert.equal(await sim.ended, 0);
});

test("plant: a fleet on ports of its own and an RTU line; faults set and counted while it runs", async () => {
  const scenario = join(folder, "lines.yaml");
  const control = join(folder, "control");
  writeFileSync(
    scenario,
    `lines: { panel: { rtu_tcp: 0, baud: 115200 } }
machines:
  S: { kind: signals, unit: 1, port: 0, copies: 20 }
  T: { kind: template, template: danfoss/fc-51, unit: 1, line: panel }
  A: { kind: addresses, unit: 2, line: panel, wire: { echo: 1 } }
`,
  );
  const sim = start("plant", "--scenario", scenario, "--control", control);
  const units = (await sim.until("ready"))["units"] as { machine: string; port: number; line?: string; template: string | null }[];
  assert.equal(new Set(units.map(({ port }) => port)).size, 21);
  assert.deepEqual(
    units.slice(-2).map(({ machine, template, line }) => [machine, template, line]),
    [
      ["T", "danfoss/fc-51", "panel"],
      ["A", null, "panel"],
    ],
  );
  const client = await poll(units[19]?.port, 1);
  assert.equal((await client.readHoldingRegisters(0, 60)).data.length, 60);

  const tell = async (order: object): Promise<[number, Record<string, unknown>]> => {
    const wire = start("wire", "--control", control, JSON.stringify(order));
    return [await wire.ended, JSON.parse(wire.output()) as Record<string, unknown>];
  };
  assert.deepEqual(await tell({ machine: "S-20", faults: { busy: 1 } }), [0, { ok: true, machines: 1, counts: {} }]);
  await assert.rejects(client.readHoldingRegisters(0, 60), { modbusCode: 6 });
  assert.deepEqual(await tell({ unit: 1, faults: { drop: 0 } }), [0, { ok: true, machines: 21, counts: { busy: 1 } }]);
  assert.deepEqual(await tell({ line: "panel", faults: { lying_length: 1 } }), [
    1,
    { ok: false, error: "lying_length cannot happen on RTU over TCP, where T is; choose others with unit, machine or line" },
  ]);
  assert.deepEqual(await tell({ faults: { late: { rate: 2, ms: [1, 2] } } }), [
    1,
    { ok: false, error: "faults.late.rate must be a number from 0 to 1, not 2" },
  ]);
  assert.deepEqual(await tell({ unplug_ms: 5 }), [1, { ok: false, error: "there is no wire that could be cut like that" }]);
  const second = start("plant", "--scenario", scenario, "--control", control);
  assert.equal(await second.ended, 3);
  assert.match(
    second.errors(),
    new RegExp(`control is served by the simulator with process id ${sim.child.pid}; end it, or give another path`),
  );
  assert.deepEqual(await tell({ counts: true }), [0, { ok: true, counts: { busy: 1 } }]);
  client.close(() => {});
  sim.child.kill("SIGTERM");
  assert.equal(await sim.ended, 0);
  assert.deepEqual(sim.events.at(-1)?.["faults"], { busy: 1 });
  assert.ok(!existsSync(control));
  const alone = start("wire", "--control", control, "{}");
  assert.equal(await alone.ended, 3);
  assert.match(alone.errors(), /no simulator answers at .*control/);

  const killed = start("plant", "--scenario", scenario, "--control", control);
  await killed.until("ready");
  killed.child.kill("SIGKILL");
  await killed.ended;
  assert.ok(existsSync(control));
  const next = start("plant", "--scenario", scenario, "--control", control);
  await next.until("ready");
  next.child.kill("SIGTERM");
  assert.equal(await next.ended, 0);
});

test("a busy port: one line, exit code 3", async () => {
  const first = start("recording", "--file", csv, "--profile", profile, "--port", "0");
  const { port } = await first.until("ready");
  const second = start("recording", "--file", csv, "--profile", profile, "--port", String(port), "--emit", join(folder, "busy"));
  assert.equal(await second.ended, 3);
  assert.equal(
    second.errors(),
    `millwright-sim recording: port ${port} is in use; stop the other program or choose another port [port_in_use]\n`,
  );
  assert.ok(!existsSync(join(folder, "busy")));
});

test("mistakes: usage is exit code 2, a wrong file is exit code 3 with file:line:column", async () => {
  const wrong = async (...words: string[]): Promise<[number, string]> => {
    const sim = start(...words);
    return [await sim.ended, sim.errors().split("\n")[0] as string];
  };
  assert.deepEqual(await wrong("recording", "--file", csv), [2, "millwright-sim recording: --profile is missing"]);
  const stick = ["recording", "--file", csv, "--profile", profile, "--stick"];
  assert.deepEqual(await wrong(...stick, "wafe@3"), [
    2,
    'millwright-sim recording: --stick: there is no point "wafe". Points: wave, level',
  ]);
  assert.match((await wrong(...stick, "wave"))[1], /--stick must be POINT@SECOND, e\.g\. wave@700, not "wave"/);
  const doubled = join(folder, "doubled.yaml");
  writeFileSync(doubled, "machines:\n  P-1: { kind: centrifugal-pump, unit: 1 }\n  P-2: { kind: centrifugal-pump, unit: 1 }\n");
  assert.deepEqual(await wrong("plant", "--scenario", doubled), [
    3,
    `${doubled}:3:40  unit 1 of port 1502 is taken by P-1 already. Give P-2 another unit or port.`,
  ]);
  const wind = join(folder, "wind.yaml");
  writeFileSync(wind, "machines:\n  W-1: { kind: template, template: gill/windsonic, unit: 1 }\n");
  assert.deepEqual(await wrong("plant", "--scenario", wind), [
    3,
    `${wind}:2:36  gill/windsonic is a template for serial-text, and only those for Modbus can be served. Choose another.`,
  ]);
  const noted = join(folder, "row.yaml");
  writeFileSync(noted, JSON.stringify({ ...sineProfile, points: { row: { column: "Wave", unit: "1" } } }));
  assert.match(
    (await wrong("recording", "--file", csv, "--profile", noted))[1],
    /row\.yaml:1:\d+ {2}points\.row: that name is kept for the row counter\. Choose another\.$/,
  );
});
