import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { prediction } from "../test-support/records.ts";
import { evidenceOf, type Incident, stepIncident } from "./incident.ts";

const epoch = "00000000000000aa";
const fold = (predictions: readonly ReturnType<typeof prediction>[]): Incident | null =>
  predictions.reduce<Incident | null>((incident, one) => stepIncident(incident, evidenceOf({ agent: "box-1", epoch }, one)), null);

const anyPrediction = fc.record({
  level: fc.constantFrom("watch" as const, "warning" as const, "critical" as const),
  failure_mode: fc.constantFrom("UNK" as const, "VIB" as const, "OHE" as const),
  score: fc.double({ min: 0, max: 20, noNaN: true }),
});

test("property: any order of the same predictions makes the same incident", () => {
  const cases = fc.array(anyPrediction, { minLength: 1, maxLength: 12 }).chain((all) => {
    const predictions = all.map((one, index) => prediction({ seq: index + 1, ...one }));
    return fc.tuple(fc.constant(predictions), fc.shuffledSubarray(predictions, { minLength: predictions.length }));
  });
  fc.assert(
    fc.property(cases, ([inOrder, shuffled]) => assert.deepEqual(fold(shuffled), fold(inOrder))),
    { numRuns: 300 },
  );
});

test("it opens with the first prediction worth a ticket, keeps the highest level, the last word and the last diagnosis", () => {
  const incident = fold([
    prediction({ seq: 1, level: "watch", score: 1.1 }),
    prediction({ seq: 2, level: "warning", score: 2 }),
    prediction({ seq: 3, level: "critical", score: 6, failure_mode: "VIB" }),
    prediction({ seq: 4, level: "warning", score: 3 }),
  ]);
  assert.ok(incident !== null);
  assert.deepEqual(
    [incident.opening?.at.slice(-1), incident.level, incident.last.level, incident.failureMode, incident.peak?.score],
    ["2", "critical", "warning", "VIB", 6],
  );
});

test("watch alone opens no ticket", () => {
  assert.equal(fold([prediction({ seq: 1, level: "watch", score: 1.1 })])?.opening, null);
});
