import assert from "node:assert/strict";
import { test } from "node:test";
import { prediction } from "../test-support/records.ts";
import { amount, figure, spanText } from "./amounts.ts";
import { pointTitle } from "./point-title.ts";
import { plantHeadline, predictionSentence, predictionSummary, scoreClause, zoneText } from "./texts.ts";

test("a sentence from the data", () => {
  assert.equal(
    predictionSentence(prediction({ seq: 1 })),
    "P-101 at plant / line1: vibration RMS at the drive end is 6.4 mm/s, it was 2.1 in the healthy baseline; bearing temperature at the drive end is 61.8 °C, it was 54.2; 3.2 times its alarm limit.",
  );
});

test("without figures it says so, and invents none", () => {
  const bare = {
    ...prediction({ seq: 1, signals: [], layer: "limits" }),
    score: { status: "unavailable" as const, reason: "learning" as const },
  };
  assert.equal(predictionSummary(bare), "A fixed limit of the template or configuration is crossed.");
});

test("a limit says that it spoke; a baseline without a score says why", () => {
  const score = { status: "unavailable" as const, reason: "warming_up" as const };
  assert.match(
    predictionSummary({ ...prediction({ seq: 1, layer: "limits" }), score }),
    /it was 54\.2; a fixed limit of the template or configuration is crossed\.$/,
  );
  assert.match(
    predictionSummary({ ...prediction({ seq: 1, signals: [] }), score }),
    /^It left its own learned normal; no score: warming up\.$/,
  );
});

test("where a fixed limit spoke, the score names the other limit it is measured by", () => {
  assert.match(
    predictionSummary(prediction({ seq: 1, layer: "limits" })),
    /; a fixed limit of the template or configuration is crossed; 3\.2 times the alarm limit it learned\.$/,
  );
});

test("a vibration zone is told with its standard, in mm/s also where the point is not", () => {
  const zone = { letter: "D" as const, standard: "ISO 20816-3, group 2, rigid", velocity_mm_s: 7.9 };
  const score = { status: "unavailable" as const, reason: "learning" as const };
  const of = (unit: string, now: number) =>
    predictionSummary({
      ...prediction({ seq: 1, layer: "zones", signals: [{ point: "vibration_rms_de", unit, baseline: null, now, contribution: 1, zone }] }),
      score,
    });
  assert.equal(
    of("mm/s", 7.9),
    "Vibration RMS at the drive end is 7.9 mm/s (zone D of ISO 20816-3, group 2, rigid); its vibration is above what the standard allows for long-term operation.",
  );
  assert.match(of("in/s", 0.311), /is 0\.311 in\/s \(7\.9 mm\/s, zone D of ISO 20816-3, group 2, rigid\);/);
  assert.equal(zoneText(zone), "Zone D of ISO 20816-3, group 2, rigid: high enough to damage the machine. Act now.");
  assert.match(
    predictionSummary(
      prediction({
        seq: 1,
        signals: [{ point: "v", unit: "mm/s", baseline: 1.2, now: 2.1, contribution: 1, zone: { ...zone, letter: "B" } }],
      }),
    ),
    /^V is 2\.1 mm\/s \(zone B of ISO 20816-3, group 2, rigid\), it was 1\.2 in the healthy baseline; 3\.2 times its alarm limit\.$/,
  );
});

test("wear and novelty say what they are; a single register was something as a rule, for it has no healthy period", () => {
  const signals = [{ point: "power", unit: "kW", baseline: 62, now: 150, contribution: 1 }];
  const score = { status: "unavailable" as const, reason: "learning" as const };
  const summary = (layer: "wear" | "novelty"): string => predictionSummary({ ...prediction({ seq: 1, layer, signals }), score });
  assert.equal(summary("novelty"), "Power is 150 kW, it was 62 as a rule; it shows a value it never had, or never at this time of day.");
  assert.equal(
    summary("wear"),
    "Power is 150 kW, it was 62 while it was calm; its vibration has grown beyond its own learned level, as that of a bearing that wears.",
  );
});

test("names and figures for people", () => {
  assert.equal(pointTitle("vibration_rms_de"), "vibration RMS, drive end");
  assert.equal(pointTitle("nde_bearing_temp_c", "Cel"), "bearing temperature, non-drive end");
  assert.equal(pointTitle("de"), "de");
  assert.equal(pointTitle("constructor_x"), "constructor X");
  assert.deepEqual(
    [pointTitle("current_a", "A"), pointTitle("speed_rpm", "/min"), pointTitle("vibration_a", "mm/s"), pointTitle("a", "A")],
    ["current", "speed", "vibration a", "a"],
  );
  assert.deepEqual([figure(12_345.6), figure(0.012345), amount(3, "1"), amount(61.84, "Cel")], ["12346", "0.0123", "3", "61.8 °C"]);
});

test("a score is told against the limit it is measured by, and never rounded over it", () => {
  assert.deepEqual(
    [0.41, 0.999, 1, 3.24, 95.2, -0.1].map((score) => scoreClause(score)),
    [
      "41\u00a0% of its alarm limit",
      "99\u00a0% of its alarm limit",
      "1.0 times its alarm limit",
      "3.2 times its alarm limit",
      "95 times its alarm limit",
      "0\u00a0% of its alarm limit",
    ],
  );
});

test("spans of time for people", () => {
  assert.deepEqual(
    [50_000, 33 * 60_000, 125 * 60_000, 120 * 60_000, 76 * 3_600_000].map((ms) => spanText(ms).replaceAll("\u00a0", " ")),
    ["50 s", "33 min", "2 h 5 min", "2 h", "3 d 4 h"],
  );
});

test("a plant is only quiet when every machine is heard and normal", () => {
  const well = { level: "normal", phase: "scoring", silent: null, answered: null, ticket: null } as const;
  const headlines = [
    [well, well],
    [well, { ...well, silent: {} }],
    [
      { ...well, silent: {}, level: "critical" as const },
      { ...well, silent: {} },
    ],
    [well, { ...well, level: "critical" as const, answered: {} }],
    [
      { ...well, level: "watch" as const },
      { ...well, level: "critical" as const, ticket: "T-1" },
    ],
    [{ ...well, phase: "learning" }, well],
  ].map(plantHeadline);
  assert.deepEqual(headlines, [
    "All quiet. No machine needs you.",
    "No open ticket. One machine is silent: nobody is watching it.",
    "No open ticket. 2 machines are silent: nobody is watching them.",
    "No open ticket. One machine is answered but not yet normal again.",
    "One machine has an open ticket. One machine is not quite normal and being watched.",
    "All quiet. Some machines are still learning what is normal.",
  ]);
});
