import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTimeMs } from "./parse-time.ts";

test("with a blank or a T, with a zone or without, with fractions of a second: the same time", () => {
  const at = Date.UTC(2020, 2, 9, 10, 14, 33);
  for (const text of [
    "2020-03-09 10:14:33",
    "2020-03-09T10:14:33Z",
    "2020-03-09 10:14:33.000000",
    "2020-03-09T12:14:33+02:00",
    " 2020-03-09T10:14:33",
  ])
    assert.equal(parseTimeMs(text), at, text);
  assert.equal(parseTimeMs("2020-03-09"), Date.UTC(2020, 2, 9));
});

test("anything else is no time", () => {
  for (const text of ["yesterday", "", "2020-03-09 25:00:00", "2020-13-01", "09.03.2020 10:14", "1583748873"])
    assert.ok(Number.isNaN(parseTimeMs(text)), text);
});
