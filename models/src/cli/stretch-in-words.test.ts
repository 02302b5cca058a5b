import assert from "node:assert/strict";
import { test } from "node:test";
import { stretchInWords } from "./stretch-in-words.ts";

test("one row is told as one", () => {
  assert.equal(stretchInWords({ from_row: 5, to_row: 5, at: "12:00" }), "row 5 at 12:00");
  assert.equal(stretchInWords({ from_row: 5, to_row: 9, at: "12:00" }), "rows 5–9 from 12:00");
});
