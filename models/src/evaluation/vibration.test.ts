import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { planVibration, vibrationFeatures } from "../features/vibration-features.ts";
import { numbersOf, parseFeatureTable } from "./parse-feature-table.ts";
import { recordedData } from "./recorded-data.ts";

const data = recordedData("ims");
const windows = 5;
/** Mean of five windows against the table's single one of 20,480 samples; peak and crest depend on the length and are left out. */
const tolerances = { rms: 0.01, hfrms: 0.01, kurt: 0.1, fcent: 0.06, b3_6k: 0.06 };

test("raw snapshots of IMS test 2, bearing 1, give the figures of the table", { skip: data === null && "no recorded data" }, () => {
  const dir = data as string;
  const table = parseFeatureTable(readFileSync(join(dir, "test2_features.csv"), "utf8"), "test2_features.csv");
  const plan = planVibration({ length: 4096, rateHz: 20_000, bandsHz: [[3000, 6000]] });
  for (const name of readdirSync(join(dir, "test2_raw")).slice(0, 12)) {
    const text = readFileSync(join(dir, "test2_raw", name), "utf8");
    const samples = Float64Array.from(text.trim().split("\n"), (line) => Number(line.split("\t")[0]));
    const sums = new Float64Array(8);
    for (let w = 0; w < windows; w++)
      for (const [i, figure] of vibrationFeatures(plan, samples.subarray(4096 * w, 4096 * (w + 1))).entries())
        sums[i] = (sums[i] as number) + figure / windows;
    const row = table.rows.findIndex((cells) => cells[0] === name && cells[1] === "1");
    const ours = { rms: sums[0], hfrms: sums[5], kurt: sums[1], fcent: sums[6], b3_6k: sums[7] };
    for (const [column, tolerance] of Object.entries(tolerances)) {
      const theirs = numbersOf(table, column)[row] as number;
      const own = ours[column as keyof typeof ours] as number;
      assert.ok(Math.abs(own / theirs - 1) < tolerance, `${name} ${column}: ${own}, the table has ${theirs}`);
    }
  }
});
