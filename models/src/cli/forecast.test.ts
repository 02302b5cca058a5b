// `forecast`: a machine's history → life, risk, and what if it waits under another load. Made-up histories.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { syntheticWear } from "../evaluation/synthetic-wear.ts";
import { seededRandom } from "../features/seeded-random.ts";
import { writeBundle } from "../onnx/write-bundle.ts";
import { smallPrognosis } from "../prognosis/test-support/small-prognosis.ts";

const dir = mkdtempSync(join(tmpdir(), "millwright-forecast-"));
after(() => rmSync(dir, { recursive: true }));
const program = fileURLToPath(new URL("main.ts", import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [program, "forecast", ...args], { encoding: "utf8" });
const startMs = Date.parse("2026-11-01T00:00:00Z");
const stamp = (hour: number): string => new Date(startMs + 3_600_000 * hour).toISOString().slice(0, 19).replace("T", " ");

/** Hourly rows: vibration that grows with the cube of the load, which changes every day. */
function wearFile(): string {
  const random = seededRandom(3);
  let [log, load] = [0, 1];
  const lines = Array.from({ length: 720 }, (_, hour) => {
    if (hour % 24 === 0) load = hour >= 600 ? 1 : 0.4 + 1.2 * random();
    log += 0.001 * load ** 3 + 0.001 * (random() - 0.5);
    return `${stamp(hour)};${Math.exp(log)};${load};1`;
  });
  const file = join(dir, "wear.csv");
  writeFileSync(file, ["datetime;vibration;power;steady", ...lines].join("\n"));
  return file;
}

test("own wear: half the load until Friday is a smaller risk, by an exponent that was learned; without one to learn it must be stated", () => {
  const history = wearFile();
  const options = ["--wear-of", "vibration", "--limit", "4", "--history", history, "--json"];
  const plan = [
    "--load",
    "0.5",
    "--until",
    stamp(720 + 400)
      .replace(" ", "T")
      .concat("Z"),
  ];
  const found = run(...options, "--load-point", "power", ...plan);
  assert.equal(found.status, 0, found.stderr);
  const report = JSON.parse(found.stdout);
  assert.ok(Math.abs(report.plan.exponent - 3) < 0.5 && report.plan.exponent_from === "learned from the history", found.stdout);
  assert.ok(report.plan.p_fail < report.plan.p_fail_at_present_load, found.stdout);
  assert.equal(report.calibration, "uncalibrated");
  assert.ok(report.remaining_ms.low < report.remaining_ms.middle && report.remaining_ms.middle < report.remaining_ms.high);
  const words = run(...options.slice(0, -1), "--load-point", "power", ...plan).stdout;
  assert.match(words, /until .* at 0\.5 of the load of now \(wear ~ load\^\d/);

  assert.equal(run(...options, ...plan).status, 0, "without a load point: ISO 281");
  assert.match(run(...options, "--load-point", "steady").stderr, /cannot be learned from this history: state it with --exponent/);
  assert.match(run(...options, "--load", "0.5").stderr, /--load and --until belong together/);
  assert.match(run(...options.map((word) => (word === "vibration" ? "vibrato" : word))).stderr, /has no column vibrato/);
});

test("a bundle: the risk within its cycles, and the plan in time by how long a cycle took", async () => {
  const { bundle } = smallPrognosis();
  const folder = join(dir, "bundle");
  await writeBundle(folder, bundle);
  const rows = syntheticWear({ units: 1, seed: 12 })[0] ?? [];
  const file = join(dir, "cycles.csv");
  const write = (some: typeof rows): void =>
    writeFileSync(
      file,
      [
        "datetime;setting_1;point_1;point_2;point_3",
        ...some.map(({ settings, values }, n) => [stamp(n), ...settings, ...values].join(";")),
      ].join("\n"),
    );
  write(rows.slice(0, -10));
  const until = stamp(rows.length + 10)
    .replace(" ", "T")
    .concat("Z");
  const found = run("--bundle", folder, "--history", file, "--json", "--horizons", "10h,30h", "--load", "0.5", "--until", until);
  assert.equal(found.status, 0, found.stderr);
  const report = JSON.parse(found.stdout);
  assert.equal(report.ms_per_cycle, 3_600_000);
  assert.ok(report.p_fail[1].p > 0.5 && report.p_fail[0].p <= report.p_fail[1].p, found.stdout);
  assert.ok(report.plan.p_fail < report.plan.p_fail_at_present_load && report.plan.exponent === 3, found.stdout);
  write(rows.map((row, n) => (n === rows.length - 1 ? { ...row, settings: [5] } : row)));
  assert.match(run("--bundle", folder, "--history", file).stderr, /no forecast at its end: unknown_condition: setting_1 is 5/);
});
