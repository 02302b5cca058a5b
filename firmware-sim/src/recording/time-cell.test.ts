import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTime } from "./time-cell.ts";

test("times in each format", () => {
  const ms = Date.UTC(2020, 2, 9, 10, 14, 33);
  assert.equal(parseTime("2020-03-09 10:14:33", "date_time"), ms);
  assert.equal(parseTime("2020-03-09T10:14:33.250Z", "date_time"), ms + 250);
  assert.equal(parseTime("2020-03-09T12:14:33+02:00", "date_time"), ms);
  assert.equal(parseTime("2020-03-09 10:14", "date_time"), ms - 33_000);
  assert.equal(parseTime(String(ms / 1000), "epoch_s"), ms);
  assert.equal(parseTime(String(ms), "epoch_ms"), ms);
});

test("what is not a time", () => {
  for (const text of ["", "09.03.2020 10:14", "2020-13-09 10:14:33", "tomorrow", "2020"]) assert.equal(parseTime(text, "date_time"), null);
  for (const text of ["", "x", "Infinity"]) assert.equal(parseTime(text, "epoch_s"), null);
});
