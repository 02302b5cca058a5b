// `eval extrapolation` on made-up bearings in PRONOSTIA's layout: gradual wear is foretold, a level that stays and then jumps is not.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { seededRandom } from "../features/seeded-random.ts";
import { extrapolationEvaluation } from "./extrapolation-evaluation.ts";

const dir = mkdtempSync(join(tmpdir(), "millwright-extrapolation-"));
after(() => rmSync(dir, { recursive: true }));

/** A life of so many snapshots whose level ends at 8. */
function write(name: string, snapshots: number, levelAt: (share: number) => number): void {
  const random = seededRandom(snapshots);
  const lines = Array.from({ length: snapshots }, (_, n) => {
    const level = levelAt(n / (snapshots - 1)) * Math.exp(0.1 * (random() - 0.5));
    return [n, level, level, level].join(",");
  });
  writeFileSync(join(dir, `${name}.features.csv`), ["snapshot,h_rms,h_b1_3k,h_b3_6k", ...lines].join("\n"));
}

test("gradual wear is told with its end in the interval; a jump is no trend before it comes", async () => {
  const gradual = (share: number): number => 0.5 * 16 ** share;
  for (const [n, snapshots] of [300, 360, 420, 500].entries()) write(`Learning_set__Bearing1_${n + 1}`, snapshots, gradual);
  const jump = (share: number): number => (share < 0.97 ? 0.5 : 8);
  for (const [n, snapshots] of [301, 401].entries()) write(`Full_Test_Set__Bearing2_${n + 1}`, snapshots, jump);
  write("Learning_set__Bearing2_3", 351, jump);
  const { report, rows } = await extrapolationEvaluation.run({ data: dir, train: null, onProgress: () => {} });
  const { all } = (
    report as Record<string, { all: { told: number; no_trend: number; to_end: { coverage_90: number; median_error: number } } }>
  )["pronostia"] ?? { all: null };
  assert.ok(all !== null && all.told >= 20, JSON.stringify(report));
  assert.ok(all.to_end.coverage_90 >= 0.8 && all.to_end.median_error < 25, JSON.stringify(all));
  const ofJumps = [...rows].filter(([, machine]) => String(machine).startsWith("bearing 2_"));
  assert.ok(ofJumps.filter(([, , , status]) => status === "no_trend").length >= 0.8 * ofJumps.length, JSON.stringify(ofJumps));
});
