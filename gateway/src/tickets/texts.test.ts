import assert from "node:assert/strict";
import { test } from "node:test";
import { prediction } from "../test-support/records.ts";
import { amount, figure, pointTitle, predictionSentence, predictionSummary } from "./texts.ts";

test("a sentence from the data", () => {
  assert.equal(
    predictionSentence(prediction({ seq: 1 })),
    "P-101 at plant / line1: vibration RMS DE is 6.4 mm/s, it was 2.1 in the healthy baseline; bearing temperature DE is 61.8 °C, it was 54.2; score 3.2 × the watch limit.",
  );
});

test("without figures it says so, and invents none", () => {
  const bare = {
    ...prediction({ seq: 1, signals: [], layer: "limits" }),
    score: { status: "unavailable" as const, reason: "learning" as const },
  };
  assert.equal(predictionSummary(bare), "A fixed limit was crossed.");
});

test("a limit says that it spoke; a baseline without a score says why", () => {
  const score = { status: "unavailable" as const, reason: "warming_up" as const };
  assert.match(predictionSummary({ ...prediction({ seq: 1, layer: "limits" }), score }), /it was 54\.2; a fixed limit was crossed\.$/);
  assert.match(
    predictionSummary({ ...prediction({ seq: 1, signals: [] }), score }),
    /^It left its own learned normal; no score: warming up\.$/,
  );
});

test("names and figures for people", () => {
  assert.equal(pointTitle("vibration_rms_de"), "vibration RMS DE");
  assert.equal(pointTitle("constructor_x"), "constructor X");
  assert.deepEqual(
    [pointTitle("current_a", "A"), pointTitle("speed_rpm", "/min"), pointTitle("vibration_a", "mm/s"), pointTitle("a", "A")],
    ["current", "speed", "vibration a", "a"],
  );
  assert.deepEqual([figure(12_345.6), figure(0.012345), amount(3, "1"), amount(61.84, "Cel")], ["12346", "0.0123", "3", "61.8 °C"]);
});
