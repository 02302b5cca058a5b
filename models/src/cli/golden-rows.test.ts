import assert from "node:assert/strict";
import { test } from "node:test";
import { featureSchema } from "../features/feature-schema.ts";
import { parseGoldenRows } from "./golden-rows.ts";

const schema = featureSchema([{ name: "flow", unit: "1" }], 1000);
const two = { ...schema, columns: schema.columns.slice(0, 2) };
const parse = (text: string) => parseGoldenRows(text, "rows.csv", two);

test("rows with and without the scores of their maker, and with missing points", () => {
  assert.deepEqual(parse("flow:value,flow:lag1\n1,NaN\n"), [{ score: Number.NaN, features: Float32Array.of(1, Number.NaN) }]);
  assert.deepEqual(parse("score,flow:value,flow:lag1\r\n0.5,1,2\r\n"), [{ score: 0.5, features: Float32Array.of(1, 2) }]);
});

test("a mistake is told with its place", () => {
  const wrong: [text: string, told: RegExp][] = [
    ["flow:lag1,flow:value\n1,2\n", /^rows\.csv:1:1: column 1 must be flow:value; .*flow:value,flow:lag1$/],
    ["flow:value,flow:lag1,more\n1,2,3\n", /^rows\.csv:1:1: /],
    ["flow:value,flow:lag1\n", /^rows\.csv:2:1: there are no rows/],
    ["flow:value,flow:lag1\n1,oops\n", /^rows\.csv:2:3: "oops" is not a number/],
    ["flow:value,flow:lag1\n1,\n", /^rows\.csv:2:3: "" is not a number/],
    ["flow:value,flow:lag1\n1,2\n1,2,3\n", /^rows\.csv:3:1: there are 3 figures instead of 2/],
  ];
  for (const [text, told] of wrong)
    assert.throws(
      () => parse(text),
      ({ detail }: { detail: string }) => told.test(detail),
      text,
    );
});
