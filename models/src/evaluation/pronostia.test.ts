import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { usualCriticalGrowth } from "../detectors/wear-stage.ts";
import { pronostiaEvaluation } from "./pronostia-evaluation.ts";
import { recordedData } from "./recorded-data.ts";

const data = recordedData("pronostia");

type Figures = { bearing: string; warning_life_left: number | null; critical_life_left: number | null };
const isInTime = ({ critical_life_left: left }: Figures): boolean => left !== null && left >= 2 && left <= 40;

test("every judged bearing is warned of with at most 90 % of its life left", { skip: data === null && "no recorded data" }, async () => {
  const { report } = await pronostiaEvaluation.run({ data: data as string, train: null, onProgress: () => undefined });
  const bearings = report["bearings"] as Figures[];
  assert.ok(bearings.length >= 4);
  for (const { bearing, warning_life_left: left } of bearings) assert.ok(left !== null && left <= 90, `${bearing}: ${left}`);
  for (const name of ["1_3", "1_4"])
    assert.ok(
      bearings.some((figures) => figures.bearing === name && isInTime(figures)),
      name,
    );
});

test("each learning bearing is called critical with 2 to 40 % of its life left by what the others teach", {
  skip: data === null && "no recorded data",
}, async () => {
  const { report } = await pronostiaEvaluation.run({ data: data as string, train: null, onProgress: () => undefined });
  const bearings = report["learning_bearings_left_out_in_turn"] as Figures[];
  assert.equal(bearings.length, 6);
  for (const figures of bearings) assert.ok(isInTime(figures), JSON.stringify(figures));
});

test("without lessons, and with one accelerometer, a bearing is judged by the usual limit", {
  skip: data === null && "no recorded data",
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), "millwright-pronostia-"));
  try {
    const [header = "", ...lines] = readFileSync(join(data as string, "Full_Test_Set__Bearing1_3.features.csv"), "utf8")
      .trim()
      .split("\n");
    const kept = header.split(",").flatMap((column, i) => (column.startsWith("v_") ? [] : i));
    const horizontal = [header, ...lines].map((line) => kept.map((i) => line.split(",")[i]).join(","));
    writeFileSync(join(dir, "Full_Test_Set__Bearing1_3.features.csv"), horizontal.join("\n"));
    const { report } = await pronostiaEvaluation.run({ data: dir, train: null, onProgress: () => undefined });
    const [figures] = report["bearings"] as (Figures & { critical_growth: number })[];
    assert.equal(figures?.critical_growth, usualCriticalGrowth);
    assert.ok(figures !== undefined && figures.critical_life_left !== null, JSON.stringify(figures));
  } finally {
    rmSync(dir, { recursive: true });
  }
});
