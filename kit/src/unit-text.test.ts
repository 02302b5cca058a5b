import assert from "node:assert/strict";
import { test } from "node:test";
import { unitText } from "./unit-text.ts";

test("codes are printed as a gauge prints them, what is none as it stands", () => {
  const texts = ["1", "Cel", "/min", "m/s2", "kW.h", "bar", "°C", "constructor"].map(unitText);
  assert.deepEqual(texts, ["", "°C", "rpm", "m/s²", "kWh", "bar", "°C", "constructor"]);
});
