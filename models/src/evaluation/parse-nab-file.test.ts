import assert from "node:assert/strict";
import { test } from "node:test";
import { parseNabFile } from "./parse-nab-file.ts";

const refusal = (text: string): string => {
  try {
    parseNabFile(text, "x.csv");
    return "";
  } catch (error) {
    return (error as { detail: string }).detail;
  }
};

test("rows with their time as the file has it; an empty cell is missing", () => {
  const atMs = Date.UTC(2014, 3, 1, 0, 5);
  assert.deepEqual(parseNabFile("timestamp,value\n2014-04-01 00:05:00,20.5\n2014-04-01 00:05:00,\n", "x.csv"), [
    { timestamp: "2014-04-01 00:05:00", atMs, value: 20.5 },
    { timestamp: "2014-04-01 00:05:00", atMs, value: Number.NaN },
  ]);
});

test("every mistake names file, line and column, and what to do", () => {
  assert.match(refusal("time;value\n"), /^x\.csv:1:1: the first line must be "timestamp,value"/);
  assert.match(refusal("timestamp,value\n2014-04-01 00:05:00,abc"), /^x\.csv:2:21: "abc" is not a number; mend it/);
  assert.match(refusal("timestamp,value\n2014-04-01 00:05:00"), /^x\.csv:2:20: 1 column instead of 2/);
  assert.match(refusal("timestamp,value\nyesterday,1"), /^x\.csv:2:1: "yesterday" is not a time/);
});
