import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSkabFile } from "./parse-skab-file.ts";

const header = "datetime;Volume Flow RateRMS;Accelerometer1RMS;anomaly;changepoint";
const refusal = (text: string): string => {
  try {
    parseSkabFile(text, "x.csv");
    return "";
  } catch (error) {
    return (error as { detail: string }).detail;
  }
};

test("points in snake case, labels kept apart, empty cells missing", () => {
  const { points, rows, labels } = parseSkabFile(`${header}\n2020-03-09 10:14:33;32.0;;1.0;0.0\n`, "x.csv");
  assert.deepEqual(
    points.map(({ name }) => name),
    ["volume_flow_rate_rms", "accelerometer1_rms"],
  );
  assert.deepEqual([...(rows[0]?.values ?? [])], [32, Number.NaN]);
  assert.equal(rows[0]?.atMs, Date.UTC(2020, 2, 9, 10, 14, 33));
  const withZone = parseSkabFile(`${header}\n2020-03-09T10:14:33Z;32.0;;1.0;0.0\n`, "x.csv");
  assert.equal(withZone.rows[0]?.atMs, rows[0]?.atMs);
  assert.deepEqual(labels, [{ anomaly: true, changepoint: false }]);
});

test("every mistake names file, line and column, and what to do", () => {
  assert.match(refusal(`${header}\n2020-03-09 10:14:33;32.0;abc;1;0`), /^x\.csv:2:26: "abc" is not a number; mend it/);
  assert.match(refusal(`${header}\n2020-03-09 10:14:33;32.0`), /^x\.csv:2:25: 2 columns instead of 5/);
  assert.match(refusal(`${header}\nyesterday;1;1;0;0`), /^x\.csv:2:1: "yesterday" is not a time/);
  assert.match(refusal("a,b\n1,2"), /^x\.csv:1:1: the first line must name the columns/);
});
