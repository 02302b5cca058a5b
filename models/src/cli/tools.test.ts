// compare, drift, explain, assess and train --auto, as an engineer calls them, on a made-up machine.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
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
});

test("a history that does not fit is told with what is missing, and where", () => {
  const other = join(dir, "other.csv");
  writeFileSync(other, "datetime;speed\n2020-01-01 00:00:01;1\n");
  assert.match(run("drift", long, "--history", other).stderr, /no column for current, which healthy needs/);
  writeFileSync(other, "datetime;speed\n2020-01-01 00:00:01;1\n2020-01-01 00:00:00;1\n");
  assert.match(run("drift", long, "--history", other).stderr, /other\.csv:3:1: the time goes back/);
});
