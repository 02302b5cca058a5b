// Synthetic machines whose fault is known: how often is it named, how often another, how often none. The seeds are fixed; the settings were chosen on others.
import assert from "node:assert/strict";
import { test } from "node:test";
import { confusionOf, type DiagnosisCase, diagnosisCases } from "../evaluation/diagnosis-cases.ts";
import { diagnoseSpectrum, type SpectrumEvidence } from "./diagnose-spectrum.ts";

const text = (confusion: ReturnType<typeof confusionOf>): string => JSON.stringify(confusion, null, 1);

/** Of eight machines, at least so many; at 4,096 samples an inner race or twice the mains is often too near to a turn of the shaft, and a cage too slow. */
const leastRight: Readonly<Record<string, number>> = {
  imbalance: 5,
  misalignment: 5,
  looseness: 5,
  bearing_outer_race: 5,
  bearing_inner_race: 3,
  bearing_rolling_element: 5,
  bearing_cage: 0,
  electrical: 3,
};

test("of sixty machines that are well, one at most is given a cause", () => {
  const confusion = confusionOf(diagnosisCases({ seed: 501, machines: 60, only: "healthy" }));
  const named = Object.entries(confusion["healthy"] ?? {}).filter(([answer]) => !answer.startsWith("unknown"));
  assert.ok(named.reduce((sum, [, count]) => sum + count, 0) <= 1, text(confusion));
});

test("faults that are strong enough to be seen are named; of 64 at most one is given another cause", () => {
  const confusion = confusionOf(diagnosisCases({ seed: 702, machines: 8 }));
  let wrong = 0;
  for (const [cause, least] of Object.entries(leastRight)) {
    const answers = confusion[cause] ?? {};
    assert.ok((answers[cause] ?? 0) >= least, `${cause}: ${text(confusion)}`);
    for (const [answer, count] of Object.entries(answers)) wrong += answer === cause || answer.startsWith("unknown") ? 0 : count;
  }
  assert.ok(wrong <= 1, text(confusion));
});

test("windows of 16,384 samples tell more: an inner race beside the shaft's fifth turn, a cage", () => {
  const cases = { seed: 504, machines: 3, length: 16_384 };
  const inner = confusionOf(diagnosisCases({ ...cases, only: "bearing_inner_race" }));
  assert.equal(inner["bearing_inner_race"]?.["bearing_inner_race"], 3, text(inner));
  const cage = confusionOf(diagnosisCases({ ...cases, only: "bearing_cage", severity: 2 }));
  assert.ok((cage["bearing_cage"]?.["bearing_cage"] ?? 0) >= 2, text(cage));
});

test("every cause that is named brings its lines: where they are, where they should be, how high", () => {
  const [one] = [...diagnosisCases({ seed: 503, machines: 1, only: "bearing_outer_race", severity: 1 })] as [DiagnosisCase];
  const { diagnosis } = one;
  assert.ok(diagnosis.status === "named");
  const [line] = diagnosis.lines;
  assert.ok(line !== undefined && line.of === "bpfo" && line.order === 1 && line.height_db >= 10);
  assert.ok(Math.abs(line.hz / line.expected_hz - 1) < 0.03, JSON.stringify(line));
  assert.ok(diagnosis.lines.length >= 2);
});

const line = (of: "bpfo" | "bpfi" | "shaft" | "mains", order: number, more: object = {}) => ({
  spectrum: of === "shaft" || of === "mains" ? ("vibration" as const) : ("envelope" as const),
  of,
  order,
  hz: { bpfo: 236, bpfi: 297, shaft: 33.3, mains: 50 }[of] * order,
  expected_hz: { bpfo: 236, bpfi: 297, shaft: 33.3, mains: 50 }[of] * order,
  height_db: 20,
  growth_db: 15,
  meanSquare: 1,
  ...more,
});
const sensor = (lines: SpectrumEvidence["lines"], more: Partial<SpectrumEvidence> = {}): SpectrumEvidence => ({
  point: "vibration",
  direction: "radial",
  windows: 10,
  lineHz: 5,
  speedPower: 1,
  lines,
  hasBaseline: true,
  ...more,
});
const answerOf = (...sensors: SpectrumEvidence[]): string => {
  const diagnosis = diagnoseSpectrum(sensors);
  return diagnosis.status === "named" ? diagnosis.cause : diagnosis.reason;
};

test("it says what it does not know, and why", () => {
  const race = [line("bpfo", 1), line("bpfo", 2)];
  assert.equal(answerOf(), "no_spectrum");
  assert.equal(answerOf(sensor(race, { windows: 3 })), "too_few_spectra");
  assert.equal(answerOf(sensor([line("shaft", 1)], { hasBaseline: false })), "no_baseline");
  assert.equal(answerOf(sensor([line("shaft", 1, { growth_db: 3 })])), "nothing_stands_out");
  const both = diagnoseSpectrum([
    sensor([...race, line("shaft", 1, { growth_db: 20 }), line("shaft", 2, { growth_db: 0, meanSquare: 0.01 })]),
  ]);
  assert.ok(both.status === "unknown" && both.reason === "tie");
  assert.deepEqual(both.candidates.toSorted(), ["bearing_outer_race", "imbalance"]);
});

test("a line without a harmonic, an inner race without sidebands, a line on the shaft's own comb: no bearing", () => {
  assert.equal(answerOf(sensor([line("bpfo", 1), line("bpfo", 2, { height_db: 4 })])), "nothing_stands_out");
  assert.equal(answerOf(sensor([line("bpfi", 1), line("bpfi", 2)])), "nothing_stands_out");
  assert.equal(answerOf(sensor([line("bpfi", 1), line("bpfi", 2), line("bpfi", 1, { sideband: -1, height_db: 8 })])), "bearing_inner_race");
  const comb = line("shaft", 1, { spectrum: "envelope" });
  assert.equal(answerOf(sensor([comb, line("bpfo", 1), line("bpfo", 2)])), "nothing_stands_out");
  assert.equal(answerOf(sensor([comb, line("bpfo", 1), line("bpfo", 2)], { lineHz: 1 })), "bearing_outer_race");
});

test("imbalance, misalignment and looseness by their orders; an axial sensor; twice the mains only where no turn of the shaft is near", () => {
  const weak = { growth_db: 0, meanSquare: 0.01 };
  assert.equal(answerOf(sensor([line("shaft", 1), line("shaft", 2, weak)])), "imbalance");
  assert.equal(answerOf(sensor([line("shaft", 1, weak), line("shaft", 2)])), "misalignment");
  // As accelerations the line at 2 × is four times 1 ×'s power and half its velocity; as velocities the same power is half.
  assert.equal(answerOf(sensor([line("shaft", 1), line("shaft", 2, { growth_db: 0, meanSquare: 0.9 })])), "imbalance");
  assert.equal(answerOf(sensor([line("shaft", 1)], { direction: "axial" })), "misalignment");
  assert.equal(
    answerOf(
      sensor(
        [0.5, 1, 1.5, 2, 3].map((order) => line("shaft", order)),
        { lineHz: 2 },
      ),
    ),
    "looseness",
  );
  assert.equal(answerOf(sensor([line("mains", 2)])), "electrical");
  const turn = line("shaft", 2, { hz: 99, expected_hz: 99, growth_db: 0 });
  assert.equal(answerOf(sensor([line("mains", 2), turn])), "nothing_stands_out");
});
