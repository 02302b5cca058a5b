// compare and drift of prognoses, as an engineer calls them, on made-up machines that run to failure.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { learnDetector } from "../detectors/learn-detector.ts";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { syntheticWear } from "../evaluation/synthetic-wear.ts";
import { buildBundle } from "../onnx/build-bundle.ts";
import type { PrognosisBundle } from "../onnx/build-prognosis-bundle.ts";
import { writeBundle } from "../onnx/write-bundle.ts";
import { smallPrognosis } from "../prognosis/test-support/small-prognosis.ts";

const dir = mkdtempSync(join(tmpdir(), "millwright-prognoses-"));
after(() => rmSync(dir, { recursive: true }));
const program = fileURLToPath(new URL("main.ts", import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });

const given = async (name: string, bundle: PrognosisBundle, part: Partial<PrognosisBundle["manifest"]> = {}): Promise<string> => {
  await writeBundle(join(dir, name), { ...bundle, manifest: { ...bundle.manifest, ...part } });
  return join(dir, name);
};
const { bundle } = smallPrognosis();
const whole = await given("whole", bundle);
const few = await given("few", smallPrognosis({ teachers: 6 }).bundle, { id: "few" });

type Units = ReturnType<typeof syntheticWear>;

/** One file of several machines, an hour a cycle; each begins at the same time. `left` unknown: no column `remaining`. */
function lives(name: string, units: Units, isEndKnown = true): string {
  const header = ["datetime", "unit", "setting_1", "point_1", "point_2", "point_3", ...(isEndKnown ? ["remaining"] : [])];
  const lines = units.flatMap((rows, unit) =>
    rows.map(({ settings, values }, n) => {
      const at = new Date(Date.UTC(2026, 0, 1, n)).toISOString();
      return [at, unit + 1, ...settings, ...values, ...(isEndKnown ? [rows.length - 1 - n] : [])].join(";");
    }),
  );
  writeFileSync(join(dir, name), [header.join(";"), ...lines].join("\n"));
  return join(dir, name);
}

const failed = syntheticWear({ units: 12, seed: 4 });
const cyclesOf = (units: Units): number => units.flat().length;

test("compare: who learned from more machines is nearer to the ends; nothing differs from itself", () => {
  const history = lives("failed.csv", failed);
  const found = run("compare", whole, few, "--history", history, "--json");
  assert.equal(found.status, 0, found.stderr);
  const { names, units, cycles, both_cycles, a, b, life_difference, p_fail_difference, differ } = JSON.parse(found.stdout);
  assert.deepEqual([names, units, cycles, both_cycles], [{ a: "small", b: "few" }, 12, cyclesOf(failed), cyclesOf(failed)]);
  for (const side of [a, b]) {
    assert.ok(side.life.p10 < side.life.p50 && side.life.p50 < side.life.p90 && side.mean_width > 5, found.stdout);
    assert.deepEqual([side.against_ends.units, side.against_ends.cycles], [12, cyclesOf(failed)]);
  }
  assert.ok(a.against_ends.rmse_capped < b.against_ends.rmse_capped, found.stdout);
  assert.ok(a.against_ends.interval_holds > 0.8 && a.against_ends.interval_holds < 0.98, found.stdout);
  const [skill] = a.against_ends.p_fail;
  assert.ok(skill.within_cycles === 30 && skill.skill > 0.5 && skill.ece < 0.1, found.stdout);
  const { a: mine, b: its, life_difference: back } = JSON.parse(run("compare", few, whole, "--history", history, "--json").stdout);
  assert.deepEqual([mine, its, back.mean], [b, a, -life_difference.mean]);
  assert.ok(Math.abs(p_fail_difference[0].mean - (b.p_fail[0].mean - a.p_fail[0].mean)) < 1e-3, found.stdout);
  assert.ok(life_difference.mean !== 0 && life_difference.mean_absolute > 1 && p_fail_difference[0].mean_absolute > 0);
  assert.ok(differ.length > 0 && differ.every(({ a: one, b: other }: { a: number; b: number }) => one !== other));
  const same = JSON.parse(run("compare", whole, whole, "--history", history, "--json").stdout);
  assert.deepEqual([same.life_difference, same.differ], [{ mean: 0, mean_absolute: 0, largest: 0 }, []]);
  const words = run("compare", whole, few, "--history", history).stdout;
  assert.match(
    words,
    /12 machines\nA \S+ \(small\): \d+ cycles forecast\n {3}remaining life p10 .*\n {3}against the ends of 12 machines .*RMSE .*Brier skill/,
  );
  assert.match(words, /unit \d+, (row \d+ at|rows \d+–\d+ from) .*one outside the other's interval/);
});

test("compare: a difference is B less A", () => {
  const history = lives(
    "one-cycle.csv",
    failed.slice(0, 1).map((rows) => rows.slice(0, 1)),
    false,
  );
  const { cycles, a, b, life_difference } = JSON.parse(run("compare", whole, few, "--history", history, "--json").stdout);
  assert.equal(cycles, 1);
  assert.ok(
    life_difference.mean !== 0 && Math.abs(life_difference.mean - (b.life.p50 - a.life.p50)) < 0.11,
    JSON.stringify({ a, b, life_difference }),
  );
});

test("compare: running machines have no truth; a machine in a condition nobody learned has no forecast", () => {
  const running = failed.slice(0, 2).map((rows) => rows.slice(0, 40));
  const history = lives(
    "running.csv",
    running.map((rows, unit) => (unit === 0 ? rows : rows.map((row) => ({ ...row, settings: [5] })))),
    false,
  );
  const { a, cycles, both_cycles, life_difference } = JSON.parse(run("compare", whole, few, "--history", history, "--json").stdout);
  assert.deepEqual([cycles, both_cycles, a.unavailable, a.against_ends], [80, 40, { unknown_condition: 40 }, null]);
  assert.ok(life_difference !== null);
});

test("compare: what cannot be compared is said", async () => {
  const { points, rows } = syntheticRows({ seed: 5, rows: 400 });
  const learned = learnDetector({ points, periodMs: 1_000, rows });
  assert.ok(learned.ok);
  const about = {
    id: "d",
    version: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    machineClass: "other",
    trainingDataSha256: "0".repeat(64),
  } as const;
  await writeBundle(join(dir, "detector"), buildBundle({ detector: learned.detector, notes: [], ...about }));
  const history = lives("any.csv", failed.slice(0, 1));
  const refused = run("compare", whole, join(dir, "detector"), "--history", history);
  assert.notEqual(refused.status, 0);
  assert.match(
    refused.stderr,
    /detector scores rows, .*whole forecasts remaining life.*Name two detectors or two prognoses \[not_comparable\]/,
  );
  const timed = await given("timed", smallPrognosis({ cycleMs: 3_600_000, teachers: 4 }).bundle, { id: "timed" });
  assert.match(
    run("compare", whole, timed, "--history", history).stderr,
    /small counts the machine's own cycles, timed counts cycles of 3600000 ms/,
  );
  writeFileSync(join(dir, "twice.csv"), "datetime;unit;x\n2026-01-01T00:00:00Z;1;1\n2026-01-01T00:00:00Z;2;1\n2026-01-02T00:00:00Z;1;1\n");
  assert.match(run("compare", whole, few, "--history", join(dir, "twice.csv")).stderr, /twice\.csv:4:1: unit 1 comes again/);
});

test("drift: machines of the same kind are stable, shifted ones drifted, one machine alone too few; a strange condition is drift", async () => {
  const drift = (history: string, model = whole) => run("drift", model, "--history", history, "--json");
  const many = syntheticWear({ units: 30, seed: 7 });
  const stable = drift(lives("many.csv", many));
  assert.equal(stable.status, 0, stable.stdout + stable.stderr);
  const report = JSON.parse(stable.stdout);
  assert.deepEqual([report.units, report.young_cycles, report.unknown_condition_cycles, report.conditions.length], [30, 50, 0, 2]);
  assert.ok(["stable", "moving"].includes(report.verdict), stable.stdout);
  assert.deepEqual(report.signals.map(({ name, condition }: { name: string; condition: number }) => `${name} ${condition}`).slice(0, 2), [
    "point_1 in condition 1 1",
    "point_2 in condition 1 1",
  ]);
  const shifted = many.map((rows) =>
    rows.map(({ settings, values: [one = 0, ...others] }) => ({ settings, values: [one + 2, ...others] })),
  );
  const moved = drift(lives("shifted.csv", shifted));
  assert.equal(moved.status, 1, moved.stdout);
  assert.match(JSON.parse(moved.stdout).sentence, /No longer what the model learned: point_1 in condition/);
  assert.equal(
    JSON.parse(
      drift(
        lives(
          "one.csv",
          many.slice(0, 1).map((rows) => rows.slice(0, 30)),
        ),
      ).stdout,
    ).verdict,
    "too_few_rows",
  );
  const strange = run(
    "drift",
    whole,
    "--history",
    lives(
      "strange.csv",
      many.map((rows) => rows.map((row) => ({ ...row, settings: [5] }))),
    ),
  );
  assert.equal(strange.status, 1);
  assert.match(strange.stdout, /^100 % of the \d+ cycles run in no operating condition that was learned\./);
  const { reference: _none, ...old } = bundle.manifest;
  await writeBundle(join(dir, "old"), { ...bundle, manifest: old });
  assert.match(drift(join(dir, "many.csv"), join(dir, "old")).stderr, /train it again \[no_reference\]/);
});
