// train, verify, sign and eval of a made-up set of machines in NASA's layout.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { evaluateCmapss } from "../evaluation/evaluate-cmapss.ts";
import { syntheticWear } from "../evaluation/synthetic-wear.ts";
import { sha256 } from "../onnx/hashes.ts";

const dir = mkdtempSync(join(tmpdir(), "millwright-cmapss-"));
after(() => rmSync(dir, { recursive: true }));
const program = fileURLToPath(new URL("main.ts", import.meta.url));
const run = (...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], { encoding: "utf8", env: { ...process.env, XDG_CONFIG_HOME: join(dir, "config") } });

type Units = ReturnType<typeof syntheticWear>;

/** 26 columns: the settings and points of the machines, and constants. */
const table = (units: Units): string =>
  units
    .flatMap((rows, unit) =>
      rows.map(({ settings, values }, i) => [unit + 1, i + 1, ...padded(settings, 3), ...padded(values, 21)].join(" ")),
    )
    .join("\n");
const padded = (figures: readonly number[], count: number): number[] => [...figures, ...new Array<number>(count - figures.length).fill(1)];

writeFileSync(join(dir, "train_FD001.txt"), table(syntheticWear({ units: 12, seed: 1 })));

test("train cmapss signs what it writes; verify accepts it, and a forecast that is not the golden one is refused", () => {
  const trained = run("train", "cmapss", "--data", dir, "--out", join(dir, "out"), "--json");
  assert.equal(trained.status, 0, trained.stderr);
  const bundle = join(dir, "out/FD001");
  assert.match(run("train", "cmapss", "--data", dir, "--out", join(dir, "out")).stderr, /FD001 holds a bundle already/);
  const verified = run("verify", bundle);
  assert.equal(verified.status, 0, verified.stdout);
  assert.match(verified.stdout, /known: your own key[\s\S]*ok {4} {2}golden: 32 vectors/);
  const [golden, manifest] = [join(bundle, "golden.csv"), join(bundle, "manifest.json")];
  const [header, first = "", ...rest] = readFileSync(golden, "utf8").split("\n");
  const figures = first.split(",");
  figures[3] = String(1 - Number(figures[3]));
  const changed = [header, figures.join(","), ...rest].join("\n");
  writeFileSync(golden, changed);
  const { golden_sha256, ...facts } = JSON.parse(readFileSync(manifest, "utf8"));
  writeFileSync(manifest, JSON.stringify({ ...facts, golden_sha256: sha256(changed) }));
  assert.notEqual(golden_sha256, sha256(changed));
  assert.equal(run("sign", bundle).status, 0);
  const refused = run("verify", bundle);
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /FAILED {2}golden: golden_mismatch: golden\.csv:2: output 4 is/);
});

test("eval judges test units by their labels, and a set without labels by cross-validation; both beat the mean life", () => {
  const found = evaluateCmapss(dir, () => {}).report["FD001"];
  assert.equal(found?.rmse_capped, null);
  const crossed = found?.cross_validated;
  assert.ok(crossed && crossed.units === 60 && crossed.rmse_capped < 0.8 * crossed.rival_mean_life.rmse_capped, JSON.stringify(crossed));
  const units = syntheticWear({ units: 20, seed: 2 });
  const cut = units.map((rows, i) => rows.slice(0, Math.ceil((rows.length * (i + 4)) / 25)));
  writeFileSync(join(dir, "test_FD001.txt"), table(cut));
  writeFileSync(join(dir, "RUL_FD001.txt"), units.map((rows, i) => rows.length - (cut[i]?.length ?? 0)).join("\n"));
  const { report, rows } = evaluateCmapss(dir, () => {});
  const judged = report["FD001"];
  assert.deepEqual([judged?.units, judged?.cross_validated, rows.length], [20, null, 20]);
  assert.ok((judged?.rmse_capped ?? 99) < 0.8 * (judged?.rival_mean_life?.rmse_capped ?? 0), JSON.stringify(judged));
});

test("explain says what each signal adds to a forecast, and card what a planner needs to know", () => {
  const bundle = join(dir, "measured/FD001");
  assert.equal(run("train", "cmapss", "--data", dir, "--out", join(dir, "measured")).status, 0);
  const [unit = []] = syntheticWear({ units: 1, seed: 5 });
  const header = [
    "datetime",
    ...["setting", "sensor"].flatMap((word, i) => padded([], [3, 21][i] as number).map((_, n) => `${word}_${n + 1}`)),
  ];
  const lines = unit.map(({ settings, values }, i) =>
    [new Date(3_600_000 * i).toISOString().slice(0, 19).replace("T", " "), ...padded(settings, 3), ...padded(values, 21)].join(";"),
  );
  const history = join(dir, "unit.csv");
  writeFileSync(history, [header.join(";"), ...lines].join("\n"));
  const ask = (row: number) => run("explain", bundle, "--history", history, "--row", String(row), "--json");
  const asked = ask(unit.length - 2);
  assert.equal(asked.status, 0, asked.stderr);
  const { cycle, life, fails, signals } = JSON.parse(asked.stdout);
  assert.equal(cycle, unit.length - 1);
  assert.ok(life.low <= life.middle && life.middle <= life.high && life.middle < 40 && fails[0].p > 0.5, asked.stdout);
  const sum = signals.reduce((total: number, signal: { life: number }) => total + signal.life, life.expected + life.age);
  assert.ok(Math.abs(Math.max(0, sum) - life.middle) < 0.01, `${sum} ${life.middle}`);
  assert.deepEqual(
    signals
      .slice(0, 2)
      .map(({ point }: { point: string }) => point)
      .sort(),
    ["sensor_1", "sensor_2"],
  );
  assert.ok(signals[0].life < 0 && signals[0].fails[0] > 0);
  assert.match(run("explain", bundle, "--history", history, "--row", "3").stdout, /cycle 4: \d+ more cycles[\s\S]*sensor_1 .*→/);
  writeFileSync(history, [header.join(";"), lines[0], lines[1]?.replace(/;[^;]*$/, ";")].join("\n"));
  assert.match(ask(1).stderr, /unit\.csv:3:1: a prognosis needs every value/);

  const card = run("card", bundle);
  assert.equal(card.stderr, "");
  for (const part of [
    /Who may rely on it.*planner/,
    /failure within 30 cycles/,
    /\| sensor_1 \| .* \| yes \|/,
    /sensor_9 .*did not move/,
    /12 units/,
    /20 units it did not learn from/,
    /\| rmse capped \| [\d.]+ \|/,
    /p fail calibration error/,
    /Do not use.*first cycle/,
    /\*\*Limits\*\*: .* gives no figure, and says why, .*further than 5 % of its range .* for more than 3 cycles .* more than 10 % of the values of the last 30 cycles/,
  ])
    assert.match(card.stdout, part);
  writeFileSync(join(bundle, "card.md"), "# another\n");
  assert.match(run("card", bundle).stderr, /card\.md says something else/);
  assert.equal(run("card", bundle, "--write").status, 0);
  assert.equal(readFileSync(join(bundle, "card.md"), "utf8"), card.stdout);
  assert.equal(run("verify", bundle).status, 0);
});
