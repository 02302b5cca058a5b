// The running agent's own file, read by another process while it runs, after it was stopped in order, and after it was killed.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Aedes } from "aedes";
import type { AgentStatus } from "../agent-status.ts";
import { HostileServer } from "../registers/test-support/hostile-server.ts";
import type { FoundStatus } from "../status-file.ts";
import { busFigures } from "./bus-line.ts";
import { statusLines } from "./status-lines.ts";
import { statusProblems } from "./status-problems.ts";
import { paintFor } from "./terminal/paint.ts";
import { type BenchFolder, benchFolder } from "./test-support/bench-folder.ts";
import { runCli, startCli } from "./test-support/cli.ts";

type Document = {
  ok: boolean;
  state: string;
  why: string | null;
  problems: { text: string; next: string; degrading: boolean }[];
  status: AgentStatus | null;
};

let server: HostileServer;
let broker: Aedes;
let mqtt: ReturnType<typeof createServer>;
let bench: BenchFolder;
before(async () => {
  server = await HostileServer.start();
  broker = await Aedes.createBroker();
  mqtt = createServer(broker.handle).listen(0, "127.0.0.1");
  await once(mqtt, "listening");
  bench = benchFolder({ one: server.port, two: 1 }, { gateway: `mqtt://127.0.0.1:${(mqtt.address() as AddressInfo).port}` });
});
after(async () => {
  await server.stop();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  mqtt.close();
  bench.remove();
});

const statusOf = async (): Promise<{ status: number | null; document: Document }> => {
  const { status, stdout } = await runCli(["status", "--config", bench.config, "--json"]);
  return { status, document: JSON.parse(stdout) as Document };
};

async function until(what: string, fits: (document: Document) => boolean): Promise<Document> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { document } = await statusOf();
    if (fits(document)) return document;
    if (Date.now() > deadline) throw new Error(`${what} did not come; this is there: ${JSON.stringify(document)}`);
  }
}

test("before it ever ran, while it runs, after a stop in order, after a kill", async () => {
  const never = await statusOf();
  assert.deepEqual([never.status, never.document.status], [1, null]);
  assert.match(never.document.problems[0]?.text ?? "", /^No agent has run/);

  const first = startCli(["run", "--config", bench.config]);
  await first.saw(/agent box-1 runs/);
  const { status, problems } = await until("the gateway", ({ status }) => status?.gateway.connected === true);
  assert.deepEqual([status?.pid, status?.agent, status?.state], [first.child.pid, "box-1", "running"]);
  assert.deepEqual(
    status?.buses.map(({ name, connected, units }) => ({ name, connected, units })),
    [
      { name: "one", connected: true, units: 1 },
      { name: "two", connected: false, units: 1 },
    ],
  );
  assert.deepEqual([status?.machines[0]?.phase, status?.machines[0]?.level], ["learning", "normal"]);
  assert.ok((status?.machines[0]?.rows ?? 0) > 0);
  assert.ok((status?.reads.done ?? 0) > 0);
  assert.match(problems[0]?.text ?? "", /^Bus two is down: .*nothing listens there/);
  const text = await runCli(["status", "--data-dir", join(bench.dir, "millwright-data")]);
  assert.equal(text.status, 1);
  assert.match(text.stdout, /^! Bus two is down/);
  assert.match(text.stdout, /^machine M-1 +learns, \d+ % +normal/m);

  const beside = await runCli(["read", "--config", bench.config, "--machine", "M-1"]);
  const note = new RegExp(`^Note: the agent box-1 \\(process \\d+\\) reads 127\\.0\\.0\\.1:${server.port} as well`);
  assert.match(beside.stderr, note);
  const probe = ["probe", "--tcp", `127.0.0.1:${server.port}`, "--unit", "1", "--register", "8", "--samples", "1"];
  assert.match((await runCli(probe, { cwd: bench.dir })).stderr, note);
  const { status: missing, stderr: why } = await runCli(["status", "--data-dir", join(bench.dir, "none")]);
  assert.equal(missing, 2);
  assert.match(why, /none does not exist\. Give --data-dir the folder that the agent runs with/);

  first.child.kill("SIGTERM");
  assert.equal((await first.ended).status, 0);
  const stopped = await statusOf();
  assert.deepEqual([stopped.status, stopped.document.state], [1, "stopped"]);
  assert.match(stopped.document.why ?? "", /stopped in order/);

  const second = startCli(["run", "--config", bench.config]);
  await second.saw(/agent box-1 runs/);
  await until("the second agent", ({ state }) => state === "running");
  second.child.kill("SIGKILL");
  await second.ended;
  const killed = await statusOf();
  assert.deepEqual([killed.status, killed.document.state], [1, "gone"]);
  assert.match(killed.document.problems[0]?.text ?? "", /^The agent does not run for .*: its process \d+ ended without a word/);
  assert.ok(readFileSync(join(bench.dir, "millwright-data/status.json"), "utf8").length < 4_096, "a small file");
});

const bus: AgentStatus["buses"][number] = {
  name: "line",
  kind: "modbus-rtu",
  address: "/dev/ttyUSB0 19200 8E1",
  connected: true,
  trouble: null,
  units: 2,
  units_down: [],
  requests: 10_002,
  good: 9_999,
  timeouts: 2,
  exceptions: 0,
  late_rejected: 2,
  malformed: 0,
  crc_errors: 0,
  connects: 1,
  refused: 0,
  waiting: 0,
  round_trip_p99_ms: 41.2,
};
const good: AgentStatus = {
  schema: "millwright/agent-status/1",
  state: "running",
  written_ms: 0,
  written_monotonic_ms: 0,
  boot_id: "b",
  every_ms: 5_000,
  version: "0.4.0",
  tenant: "default",
  agent: "press-hall-1",
  epoch: "e",
  pid: 1,
  started_ms: 0,
  up_ms: 12 * 86_400_000,
  config_revision: "r",
  clock: { trusted: true },
  gateway: { url: "mqtts://gateway:8883", connected: true, for_ms: 11_520_000, trouble: null },
  buses: [bus],
  machines: [
    {
      machine: { site: "s", name: "P-101" },
      class: "centrifugal-pump",
      every_ms: 10_000,
      buses: ["line"],
      phase: "scoring",
      readiness: 1,
      missing: null,
      state: null,
      generation: 7,
      refusal: null,
      level: "normal",
      score: 0.41,
      unscored: null,
      last_row_age_ms: 2_100,
      rows: 5,
      layers: [],
      report: null,
    },
  ],
  reads: { done: 5_000, skipped: 0, rows_missed: 0 },
  outbox: { waiting: 0, dropped: 0, quarantined: 0, bytes: 1e6, max_bytes: 2e9, room_ms: 273_600_000 },
};
const problemsOf = (change: Partial<AgentStatus>, revision = "r") => {
  const found: FoundStatus = { kind: "found", status: { ...good, ...change }, life: { state: "running" } };
  return statusProblems(found, { dataDir: "/d", revision, freeBytes: null });
};

test("an agent in order: as few lines as there are things, within 80 columns, no problem", () => {
  assert.deepEqual(statusLines(good, paintFor(process.stdout)), [
    "agent   press-hall-1  0.4.0  up 12 d",
    "gateway connected 3 h 12 min   mqtts://gateway:8883",
    "outbox  0 waiting, 0 lost, room for 3 d 4 h",
    "bus     line  /dev/ttyUSB0 19200 8E1  2 units  99.98 % ok   2 time-outs, 2 late replies rejected   p99 41 ms",
    "machine P-101  baseline 7  normal (score 0.41)  last row 2.1 s ago",
  ]);
  assert.deepEqual(problemsOf({}), []);
});

test("reads that were skipped, and rows of devices that nobody saw, are said where there are any", () => {
  const readsOf = (skipped: number, rows_missed: number): string[] =>
    statusLines({ ...good, reads: { done: 5_000, skipped, rows_missed } }, paintFor(process.stdout)).filter((line) =>
      line.startsWith("reads"),
    );
  assert.deepEqual(readsOf(0, 0), []);
  assert.deepEqual(readsOf(31, 0), ["reads   5000 done, 31 skipped (too late)"]);
  assert.deepEqual(readsOf(0, 1), ["reads   5000 done, 0 skipped (too late), 1 row of devices never seen"]);
});

test("a machine that stands still is stopped, not normal; an alarm it was left with is still said", () => {
  const [machine] = good.machines;
  assert.ok(machine !== undefined);
  const lineOf = (level: "normal" | "warning"): string =>
    statusLines({ ...good, machines: [{ ...machine, level, score: null, unscored: "not_running" }] }, paintFor(process.stdout)).at(-1) ??
    "";
  assert.equal(lineOf("normal"), "machine P-101  baseline 7  stopped  last row 2.1 s ago");
  assert.equal(lineOf("warning"), "machine P-101  baseline 7  warning, stopped  last row 2.1 s ago");
});

test("layers that learn beside the baseline have a line each: what is missing, or how they stand", () => {
  const [machine] = good.machines;
  assert.ok(machine !== undefined);
  const layers: AgentStatus["machines"][number]["layers"] = [
    { layer: "wear", points: ["vib_rms"], readiness: 0.4, missing: "90 more snapshots, about 90 hours of running", level: "normal" },
    { layer: "novelty", points: ["power"], readiness: 1, missing: null, level: "watch" },
  ];
  assert.deepEqual(statusLines({ ...good, machines: [{ ...machine, layers }] }, paintFor(process.stdout)).slice(-3), [
    "wear    P-101: learns, 40 %: 90 more snapshots, about 90 hours of running",
    "        (vib_rms)",
    "novelty P-101: watch (power)",
  ]);
});

test("a machine with running states has a line for each; the state it is in is said, and that it is in none", () => {
  const [machine] = good.machines;
  assert.ok(machine !== undefined);
  const states = [
    { name: "full", text: "310 more healthy rows, about 6 minutes of it" },
    { name: "idle", text: "ready" },
  ];
  const linesOf = (change: Partial<AgentStatus["machines"][number]>): string[] =>
    statusLines(
      { ...good, machines: [{ ...machine, states, readiness: 0.74, missing: "full: …", ...change }] },
      paintFor(process.stdout),
    ).slice(4);
  const each = ["state   P-101  full  310 more healthy rows, about 6 minutes of it", "        P-101  idle  ready"];
  assert.deepEqual(linesOf({ state: "idle" }), ["machine P-101  baseline 7, in idle  normal (score 0.41)  last row 2.1 s ago", ...each]);
  const inNone = linesOf({ score: null, unscored: "no_state" });
  assert.deepEqual(inNone, ["machine P-101  baseline 7  in no state  last row 2.1 s ago", ...each]);
  assert.equal(linesOf({ phase: "learning", state: "full", score: null })[0], "machine P-101  learns, 74 %  normal  last row 2.1 s ago");
});

test("each trouble is told once, with its next step; what is over is only a hint", () => {
  const [machine] = good.machines;
  assert.ok(machine !== undefined);
  const one = (change: Partial<AgentStatus>, revision?: string) => {
    const problems = problemsOf(change, revision);
    assert.equal(problems.length, 1);
    assert.ok((problems[0]?.next.length ?? 0) > 10);
    return problems[0];
  };
  assert.match(
    one({ buses: [{ ...bus, connected: false, trouble: "connect ECONNREFUSED 10.0.0.1:502" }] })?.text ?? "",
    /^Bus line is down: the connection is refused/,
  );
  const silent = { ...machine, last_row_age_ms: 500_000 };
  assert.equal(one({ buses: [{ ...bus, units_down: [3] }], machines: [silent] })?.text, "Bus line: unit 3 does not answer.");
  assert.equal(one({ machines: [silent] })?.text, "P-101: no row for 8 min 20 s.");
  assert.equal(one({ machines: [{ ...machine, last_row_age_ms: null }] })?.text, "P-101: no row since the start.");
  assert.match(one({ machines: [{ ...machine, refusal: "model.onnx was changed" }] })?.text ?? "", /refused: model.onnx was changed/);
  assert.match(
    one({ gateway: { ...good.gateway, connected: false } })?.text ?? "",
    /^No connection to the gateway for 3 h 12 min. Records are kept; room for 3 d 4 h\.$/,
  );
  assert.match(one({ clock: { trusted: false } })?.text ?? "", /clock/);
  assert.equal(one({ outbox: { ...good.outbox, dropped: 5, waiting: 9 } })?.isDegrading, true);
  assert.equal(one({ outbox: { ...good.outbox, dropped: 5 } })?.isDegrading, false);
  assert.equal(one({}, "other")?.isDegrading, false);
});

test("silent on a full disk: the disk is named, not a start that would not help; a stop in order is only a stop", () => {
  const told = (state: "gone" | "stopped", freeBytes: number | null): string => {
    const found: FoundStatus = {
      kind: "found",
      status: good,
      life: { state, why: "its process 7 is there, but silent", silentMs: 33_000 },
    };
    return statusProblems(found, { dataDir: "/d", revision: "r", freeBytes })
      .map(({ text }) => text)
      .join("\n");
  };
  assert.equal(
    told("gone", 4_096),
    "The disk of /d is full: the agent cannot write, and has said nothing for 33 s (its process 7 is there, but silent). What stands below is the last it said.",
  );
  for (const text of [told("gone", 1e9), told("gone", null), told("stopped", 0)]) assert.match(text, /^The agent does not run for 33 s/);
});

test("a bus whose devices refuse everything is not ok: nothing else says so, for it answers", () => {
  const refused = { ...bus, good: 0, exceptions: 6, timeouts: 0, late_rejected: 0, round_trip_p99_ms: null };
  assert.equal(busFigures(refused), "0.00 % ok   6 exceptions");
  const problem = (its: object) => problemsOf({ buses: [{ ...bus, ...its }] });
  assert.match(problem(refused)[0]?.text ?? "", /^Bus line: whatever was asked was refused\. `millwright-agent read` says/);
  assert.match(problem({ ...refused, exceptions: 0, malformed: 2 })[0]?.text ?? "", /^Bus line: no reply was a valid one\./);
  assert.deepEqual(problem({ ...refused, good: 1 }), []);
});

test("a share is never rounded up to 100 %", () => {
  assert.match(busFigures({ ...bus, good: 99_999, timeouts: 1 }), /^99\.99 % ok {3}1 time-out/);
  assert.equal(busFigures({ ...bus, good: 0, timeouts: 0, late_rejected: 0, round_trip_p99_ms: null }), "no answer yet");
});
