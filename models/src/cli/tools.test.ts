// compare, drift, explain, assess and train --auto, as an engineer calls them, on a made-up machine.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { VerdictLine } from "@millwright/contract/verdict-line";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";

const dir = mkdtempSync(join(tmpdir(), "millwright-tools-"));
after(() => rmSync(dir, { recursive: true }));
const program = fileURLToPath(new URL("main.ts", import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
const json = (...args: string[]) => JSON.parse(run(...args, "--json").stdout);

function write(name: string, seed: number, rows: number, faultAt = Number.POSITIVE_INFINITY): string {
  const { points, rows: list } = syntheticRows({ seed, rows, faultAt, faultRows: 60 });
  const lines = list.map(({ atMs, values }, row) =>
    [new Date(atMs).toISOString().slice(0, 19).replace("T", " "), ...values, Number(row >= faultAt)].join(";"),
  );
  const file = join(dir, name);
  writeFileSync(file, [["datetime", ...points.map(({ name }) => name), "anomaly"].join(";"), ...lines].join("\n"));
  return file;
}

const healthy = write("healthy.csv", 5, 4_000);
const worn = write("worn.csv", 6, 2_000, 800);
const bundle = (name: string, rows: number): string => {
  assert.equal(run("train", healthy, "--rows", String(rows), "--out", join(dir, name), "--created-at", "2026-01-01T00:00:00Z").status, 0);
  return join(dir, name);
};
const long = bundle("long", 3_000);
const short = bundle("short", 400);

test("explain names the signals that wear moves, from baseline to now", () => {
  const { level, signals, sentence } = json("explain", long, "--history", worn, "--row", "1900");
  assert.notEqual(level, "normal");
  assert.ok(["vibration", "bearing_temperature"].includes(signals[0].point) && signals[0].now > signals[0].baseline);
  assert.match(sentence, new RegExp(`${signals[0].point} rose from`));
  assert.equal(json("explain", long, "--history", worn, "--at", "1970-01-01T00:31:40Z").row, 1900);
  assert.match(run("explain", long, "--history", worn).stderr, /give either --row N or --at TIME/);
});

test("drift finds what wear moved, and nothing on rows like those it learned", () => {
  const found = json("drift", long, "--history", worn);
  assert.equal(found.verdict, "drifted");
  assert.deepEqual(
    found.signals
      .filter(({ verdict }: { verdict: string }) => verdict === "drifted")
      .map(({ name }: { name: string }) => name)
      .includes("vibration"),
    true,
  );
  assert.notEqual(json("drift", long, "--history", write("later.csv", 9, 3_000)).verdict, "drifted");
});

test("compare tells two bundles apart, and none from itself", () => {
  const same = json("compare", long, long, "--history", worn);
  assert.deepEqual([same.agreement_percent, same.kappa, same.differ], [100, 1, []]);
  const { a, b, rows, agreement_percent } = json("compare", long, short, "--history", worn);
  assert.equal(rows, 2_000);
  assert.ok(a.against_labels.f1 > 0.8 && b.tickets.length > 0 && agreement_percent > 50);
  assert.equal(a.tickets.length, 1);
  assert.match(
    run("compare", long, short, "--history", worn).stdout,
    /A \S+long \(healthy\): \d+ alarm rows of \d+ scored, 1 ticket \(first /,
  );
});

/** Rows of made-up machines begin at row 0 = 1970-01-01, a second each. */
const verdict = (ticket: string, kind: VerdictLine["verdict"], [from, to]: readonly [number, number], name = "P-101"): VerdictLine => {
  const [first, last] = [from, to].map((row) => new Date(row * 1_000).toISOString()) as [string, string];
  const model = { model_id: "p-101", model_hash: "a".repeat(64), generation: 1, layer: "baseline" } as const;
  const found = { failure_mode: "UNK", verdict: kind, found_mode: null } as const;
  const times = { from: first, opened: first, to: last, closed: last };
  return { schema: "millwright/verdict/1", ticket, tenant: "default", machine: { site: "plant", name }, ...model, ...found, ...times };
};
function writeVerdicts(name: string, lines: readonly VerdictLine[]): string {
  const file = join(dir, name);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return file;
}

test("compare: in which of the stretches that technicians judged each bundle would have had a ticket", () => {
  const file = writeVerdicts("judged.jsonl", [
    verdict("T-1", "nothing", [100, 300]),
    verdict("T-2", "found", [900, 1_999]),
    verdict("T-3", "something_else", [5_000, 6_000]),
  ]);
  const { against_verdicts: against } = json("compare", long, short, "--history", worn, "--verdicts", file);
  assert.deepEqual([against.faults, against.nothing, against.outside], [{ judged: 1, a: 1, b: 1 }, { judged: 1, a: 0, b: 0 }, 1]);
  const { stdout } = run("compare", long, short, "--history", worn, "--verdicts", file);
  assert.match(stdout, /with a fault, 1: a ticket by A in 1, by B in 1\n {3}with nothing wrong, 1: a ticket by A in 0, by B in 0\n/);
  assert.equal(json("compare", long, short, "--history", worn).against_verdicts, null);
});

test("train: rows in which technicians found a fault teach nothing, and the card says so", () => {
  const file = writeVerdicts("faults.jsonl", [verdict("T-1", "nothing", [100, 300]), verdict("T-2", "found", [800, 1_999])]);
  const train = (out: string, ...options: string[]) => json("train", worn, "--out", join(dir, out), ...options);
  const [clean, all, healthyOnly] = [train("clean", "--verdicts", file), train("all"), train("only", "--rows", "800")];
  assert.deepEqual([clean.rows.learned, all.rows.learned], [800, 2_000]);
  assert.deepEqual([clean.model_sha256 === healthyOnly.model_sha256, clean.model_sha256 === all.model_sha256], [true, false]);
  assert.match(
    readFileSync(join(dir, "clean/card.md"), "utf8"),
    /1200 rows were left out: technicians found a fault there \(tickets with a fault: 1\)/,
  );
});

test("verdicts that do not fit are told with their line", () => {
  const mixed = writeVerdicts("mixed.jsonl", [verdict("T-1", "found", [1, 2]), verdict("T-2", "found", [1, 2], "P-102")]);
  const compare = (file: string): string => run("compare", long, short, "--history", worn, "--verdicts", file).stderr;
  assert.match(compare(mixed), /mixed\.jsonl:2:1: T-2 is of P-102 at plant, the first line of P-101 .* --machine P-101 --site plant/);
  writeFileSync(mixed, '{"schema": "millwright/verdict/1"}\n');
  assert.match(compare(mixed), /mixed\.jsonl:1:1: ticket: .* millwright-gateway verdicts --json/);
  writeFileSync(mixed, "found\n");
  assert.match(compare(mixed), /mixed\.jsonl:1:1: this is not JSON/);
});

test("a history that does not fit is told with what is missing, and where", () => {
  const other = join(dir, "other.csv");
  writeFileSync(other, "datetime;speed\n2020-01-01 00:00:01;1\n");
  assert.match(run("drift", long, "--history", other).stderr, /no column for current, which healthy needs/);
  writeFileSync(other, "datetime;speed\n2020-01-01 00:00:01;1\n2020-01-01 00:00:00;1\n");
  assert.match(run("drift", long, "--history", other).stderr, /other\.csv:3:1: the time goes back/);
});

const costs = join(dir, "costs.yaml");
const costText =
  "currency: EUR\ndowntime_cost_per_hour: 1000\nplanned_repair: { hours: 4, cost: 2000 }\nunplanned_repair: { hours: 24, cost: 8000 }\nfalse_alarm_cost: 150\nneeded_lead_hours: 0.01\nlongest_lead_hours: 0.2\n";
writeFileSync(costs, costText);

/** Runs of one machine after the other, each worn from row 600 and broken at its end. */
function brokenMachine(failures: number): { history: string; events: string } {
  const life = 1_000;
  const pieces = Array.from({ length: failures + 1 }, (_, i) =>
    syntheticRows({ seed: 20 + i, rows: life, faultRows: 60, ...(i < failures ? { faultAt: 600 } : {}) }),
  );
  const time = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
  const lines = pieces.flatMap(({ rows }, i) => rows.map(({ atMs, values }) => [time(atMs + i * life * 1_000), ...values].join(";")));
  const names = pieces[0]?.points.map(({ name }) => name) ?? [];
  const history = join(dir, `broken-${failures}.csv`);
  const events = join(dir, `failures-${failures}.csv`);
  writeFileSync(history, [["datetime", ...names].join(";"), ...lines].join("\n"));
  const ends = Array.from({ length: failures }, (_, i) => `${time((i + 1) * life * 1_000 - 500)};bearing`);
  writeFileSync(events, ["datetime;note", ...ends].join("\n"));
  return { history, events };
}

test("assess: five worn bearings that gave tickets are worth it, and the range is wide", () => {
  const { history, events } = brokenMachine(5);
  const found = json("assess", history, "--events", events, "--costs", costs);
  assert.deepEqual([found.failures.length, found.in_time.mid], [5, 1]);
  assert.ok(found.in_time.low < 0.7 && found.saving_per_failure === 26_000);
  assert.ok(found.saving_per_year.low < found.saving_per_year.mid && found.saving_per_year.mid < found.saving_per_year.high);
  assert.match(found.sentence, /5 of 5 failures had a ticket in time/);
});

test("assess: failures outside the history are told, and change no figure", () => {
  const { history, events } = brokenMachine(2);
  const assess = () => json("assess", history, "--events", events, "--costs", costs);
  const { failures, ...figures } = assess();
  const [head, ...lines] = readFileSync(events, "utf8").split("\n");
  writeFileSync(events, [head, "1969-12-31 23:00:00;bearing", ...lines, "1971-01-01 00:00:00;coupling"].join("\n"));
  const { failures: all, ...withOutside } = assess();
  assert.deepEqual(withOutside, figures);
  assert.deepEqual(all.slice(1, -1), failures);
  for (const one of [all[0], all.at(-1)]) {
    assert.equal(one.outcome, "not_judged");
    assert.equal(one.reason, "outside the history, which is from 1970-01-01T00:00:00.000Z to 1970-01-01T00:49:59.000Z");
  }
});

test("assess: two failures are too few to promise anything; bad files are told with their place", () => {
  const { history, events } = brokenMachine(2);
  const { stdout } = run("assess", history, "--events", events, "--costs", costs);
  assert.match(stdout, /^Cannot be told: 2 judged failures are too few/);
  assert.match(stdout, /^in time 100 \(\d/m);
  writeFileSync(events, "datetime;note\n1971-01-01 00:00:00;coupling\n");
  const none = run("assess", history, "--events", events, "--costs", costs).stdout;
  assert.match(none, /^Cannot be told: 0 judged failures are too few.*\n(.*\n)+in time: no failure could be judged\n/);
  writeFileSync(events, "datetime;note\nyesterday;bearing\n");
  assert.match(run("assess", history, "--events", events, "--costs", costs).stderr, /failures-2\.csv:2:1: "yesterday" is not a time/);
  const negative = join(dir, "negative-costs.yaml");
  writeFileSync(negative, costText.replace("1000", "-1"));
  assert.match(run("assess", history, "--events", events, "--costs", negative).stderr, /negative-costs\.yaml:2:25 .*must not be negative/);
});

test("train --auto tries the declared grid, writes down what it tried, and chooses the same again", () => {
  const train = (out: string) =>
    json("train", write("auto.csv", 5, 1_500), "--auto", "--out", join(dir, out), "--created-at", "2026-01-01T00:00:00Z");
  const [one, other] = [train("auto-1"), train("auto-2")];
  assert.equal(one.model_sha256, other.model_sha256);
  const of = (what: string): string[] => one.notes.filter((note: string) => note.startsWith(what));
  assert.deepEqual([of("tried:").length, of("chosen:").length], [9, 1]);
  assert.match(readFileSync(join(dir, "auto-1/card.md"), "utf8"), /- chosen: .* found\n/);
  assert.equal(run("verify", join(dir, "auto-1")).status, 0);
  assert.match(run("train", write("few.csv", 5, 500), "--auto", "--out", join(dir, "few")).stderr, /too few to choose settings on/);
});

test("train --auto: settings are chosen without the rows in which technicians found a fault", () => {
  const file = writeVerdicts("late.jsonl", [verdict("T-1", "found", [1_500, 3_999])]);
  const train = (out: string, ...options: string[]) =>
    json("train", healthy, "--auto", "--out", join(dir, out), "--created-at", "2026-01-01T00:00:00Z", ...options);
  const [clean, only] = [train("auto-clean", "--verdicts", file), train("auto-only", "--rows", "1500")];
  assert.equal(clean.model_sha256, only.model_sha256);
  assert.notEqual(clean.model_sha256, train("auto-all").model_sha256);
  assert.ok(clean.notes.some((note: string) => note.startsWith("2500 rows were left out: technicians found a fault there")));
});

test("the examples in docs/operate are what assess takes", () => {
  const example = (name: string): string => fileURLToPath(new URL(`../../../docs/operate/examples/${name}`, import.meta.url));
  const { status, stdout, stderr } = run("assess", healthy, "--events", example("failures.csv"), "--costs", example("costs.yaml"));
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^Cannot be told: /);
});
