import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCmapssFile, parseRemainingLife } from "./parse-cmapss-file.ts";

const line = (unit: number, cycle: number, last = "3") => [unit, cycle, ...new Array<number>(23).fill(0.5), last].join(" ");

test("units come in the order of the file, each from its first cycle", () => {
  const units = parseCmapssFile(`${line(1, 1)}  \n${line(1, 2)}\n${line(2, 1)}\n`, "x.txt");
  assert.deepEqual(
    units.map(({ unit, cycles }) => [unit, cycles.length, cycles[0]?.settings.length, cycles[0]?.values.length]),
    [
      [1, 2, 3, 21],
      [2, 1, 3, 21],
    ],
  );
  assert.deepEqual(parseRemainingLife("112 \n98\n", "r.txt", 2), [112, 98]);
});

test("what does not parse is named by file, line and column", () => {
  const message = (text: string) => {
    try {
      parseCmapssFile(text, "x.txt");
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  assert.match(message(`${line(1, 1)}\n${line(1, 2, "abc")}`), /x\.txt:2:97: "abc" is not a number/);
  assert.match(message(`${line(1, 1)}\n${line(1, 3)}`), /x\.txt:2:1: unit 1 has cycle 3 where 2 must follow/);
  assert.match(message("1 2 3"), /x\.txt:1:6: 3 columns instead of 26/);
  assert.throws(() => parseRemainingLife("1\n", "r.txt", 2), /r\.txt:2:1: 1 line for 2 test units/);
});
