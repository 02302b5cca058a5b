import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseNumberTable } from "./parse-number-table.ts";

const refusal = (text: string): string => {
  try {
    parseNumberTable(text, "x.txt");
    return "";
  } catch (error) {
    return (error as { detail: string }).detail;
  }
};

test("blanks, tabs and both ends of line; empty lines at the end are none", () => {
  const table = parseNumberTable("  1.5\t-2e3 7\r\n0 1 2  \n\n \n", "x.txt");
  assert.deepEqual(
    table.map((row) => [...row]),
    [
      [1.5, -2000, 7],
      [0, 1, 2],
    ],
  );
  assert.deepEqual(parseNumberTable("", "x.txt"), []);
});

test("what was written is read again", () => {
  const row = fc.array(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    { minLength: 3, maxLength: 3 },
  );
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
      const read = parseNumberTable(rows.map((cells) => cells.join("\t")).join("\n"), "x.txt");
      assert.deepEqual(
        read.map((cells) => cells.map((value) => value + 0)).map((cells) => [...cells]),
        rows,
      );
    }),
  );
});

test("every mistake names file, line and column, and what to do", () => {
  assert.match(refusal("1 2\n3 four"), /^x\.txt:2:3: "four" is not a number; mend it/);
  assert.match(refusal("1 NaN"), /^x\.txt:1:3: "NaN" is not a number/);
  assert.match(refusal("1 2\n3"), /^x\.txt:2:1: 1 figures instead of 2; mend or remove the line/);
  assert.match(refusal("1 2\n\n3 4"), /^x\.txt:2:1: 0 figures instead of 2/);
});
