import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnosis, SpectralLine } from "@millwright/contract/diagnosis";
import { diagnosisText, lineTitle } from "./diagnosis-text.ts";

const line = (more: Partial<SpectralLine>): SpectralLine => ({
  spectrum: "envelope",
  of: "bpfo",
  order: 1,
  hz: 236.12,
  expected_hz: 236.4,
  height_db: 18.2,
  growth_db: 15,
  ...more,
});
const named = (cause: "bearing_outer_race" | "imbalance" | "hot_bearing" | "bearing_inner_race", lines: SpectralLine[]): Diagnosis => ({
  status: "named",
  cause,
  point: "vibration",
  lines,
});

test("a cause with its evidence in one sentence", () => {
  assert.equal(
    diagnosisText(named("bearing_outer_race", [line({}), line({ order: 2 }), line({ order: 3 })])),
    "Outer race of the bearing: line at 236.1 Hz (expected 236.4), 3 harmonics, 18 dB over the floor.",
  );
  const inner = [line({ of: "bpfi" }), line({ of: "bpfi", order: 2 }), line({ of: "bpfi", sideband: -1 })];
  assert.match(diagnosisText(named("bearing_inner_race", inner)), /2 harmonics, 1 sideband, 18 dB/);
  assert.equal(
    diagnosisText(named("imbalance", [line({ spectrum: "vibration", of: "shaft", hz: 24.7, expected_hz: 24.68 })])),
    "Imbalance of the rotor: line at 24.7 Hz (expected 24.7), 18 dB over the floor, 15 dB over its healthy level.",
  );
  assert.equal(diagnosisText(named("hot_bearing", [])), "A bearing runs hot: look at its lubrication and load first.");
});

test("what is not known is said, with what it lies between", () => {
  const unknown = { status: "unknown" as const, lines: [] };
  assert.equal(
    diagnosisText({ ...unknown, reason: "nothing_stands_out", candidates: [] }),
    "Cause unknown: no line of the spectrum has grown.",
  );
  assert.equal(
    diagnosisText({ ...unknown, reason: "tie", candidates: ["imbalance", "looseness"] }),
    "Cause unknown: the spectrum fits more than one cause (Imbalance of the rotor; Mechanical looseness).",
  );
});

test("a line's name in a table", () => {
  assert.equal(lineTitle(line({ of: "bsf", order: 4, sideband: -1 })), "4 × rolling element, − 1 turn of the cage, in the envelope");
  assert.equal(lineTitle(line({ spectrum: "vibration", of: "mains", order: 2 })), "2 × mains");
});
