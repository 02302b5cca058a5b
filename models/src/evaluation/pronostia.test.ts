import assert from "node:assert/strict";
import { test } from "node:test";
import { pronostiaEvaluation } from "./pronostia-evaluation.ts";
import { recordedData } from "./recorded-data.ts";

const data = recordedData("pronostia");

test("every judged bearing is warned of with at most 90 % of its life left", { skip: data === null && "no recorded data" }, async () => {
  const { report } = await pronostiaEvaluation.run({ data: data as string, train: null, onProgress: () => undefined });
  const bearings = report["bearings"] as { bearing: string; warning_life_left: number | null; critical_life_left: number | null }[];
  assert.ok(bearings.length >= 4);
  for (const { bearing, warning_life_left: left } of bearings) assert.ok(left !== null && left <= 90, `${bearing}: ${left}`);
  for (const name of ["1_3", "1_4"]) {
    const left = bearings.find(({ bearing }) => bearing === name)?.critical_life_left;
    assert.ok(left !== null && left !== undefined && left >= 2 && left <= 40, `${name}: ${left}`);
  }
});
