import assert from "node:assert/strict";
import { test } from "node:test";
import { faultTable } from "../faults.ts";
import { type BusFaultCode, readFailure } from "../registers/read-outcome.ts";
import { qualityOf } from "./quality.ts";

test("a read without a reply has no value, so its points are bad, whatever it failed with", () => {
  const codes = Object.keys(faultTable).filter((code): code is BusFaultCode => code.startsWith("bus_") && code !== "bus_in_use");
  assert.ok(codes.length > 5);
  for (const code of codes) assert.equal(qualityOf(readFailure(code, "").reason), "bad", code);
});
