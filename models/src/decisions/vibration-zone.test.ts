import assert from "node:assert/strict";
import { test } from "node:test";
import { mmSPerUnit, noZones, type ZoneRule, zoneOf, zonesStep } from "./vibration-zone.ts";

const rule: ZoneRule = {
  point: "v",
  standard: "ISO 20816-3, group 2, rigid",
  boundariesMmS: [1.4, 2.8, 4.5],
  mmSPerUnit: 1,
  persistenceRows: 3,
};

function run(rows: readonly { value: number; isJudged?: boolean }[], rules: readonly ZoneRule[] = [rule]) {
  let state = noZones;
  return rows.map(({ value, isJudged = true }) => {
    const step = zonesStep(state, { values: Float64Array.of(7, value), points: ["other", "v"], rules, isJudged });
    // Committed as JSON between two rows.
    state = JSON.parse(JSON.stringify(step.state)) as typeof state;
    return step.output;
  });
}
const levels = (...values: number[]) => run(values.map((value) => ({ value }))).map(({ level }) => level);

test("a velocity on a boundary belongs to the zone below it", () => {
  assert.deepEqual(
    [0, 1.4, 1.41, 2.8, 2.81, 4.5, 4.51].map((velocity) => zoneOf(velocity, rule.boundariesMmS)),
    ["A", "A", "B", "B", "C", "C", "D"],
  );
});

test("C is a warning and D is critical, after as many rows in succession as the rule says; A and B are normal", () => {
  assert.deepEqual(levels(3, 3, 3), ["normal", "normal", "warning"]);
  assert.deepEqual(levels(7.9, 7.9, 7.9), ["normal", "normal", "critical"]);
  assert.deepEqual(levels(7.9, 7.9, 2.7, 7.9, 7.9, 7.9), ["normal", "normal", "normal", "normal", "normal", "critical"]);
  assert.deepEqual(levels(2.8, 2.8, 2.8, 2.8), ["normal", "normal", "normal", "normal"]);
  assert.deepEqual(levels(3, 3, 5), ["normal", "normal", "warning"]);
});

test("a zone is left a tenth below its boundary: a velocity that plays around it is one alarm", () => {
  assert.deepEqual(levels(3, 3, 3, 2.7, 2.7, 2.7, 2.7).at(-1), "warning");
  assert.deepEqual(levels(3, 3, 3, 2.5, 2.5, 2.5).slice(-2), ["warning", "normal"]);
});

test("while it is not judged, and where the value is bad, everything stays as it was, with the last velocity that was judged", () => {
  const stopped = run([
    { value: 7.9 },
    { value: 7.9 },
    { value: 7.9 },
    ...[0, 0, 0, 0].map((value) => ({ value, isJudged: false })),
    { value: Number.NaN },
  ]);
  assert.deepEqual(stopped.at(-1), {
    layer: "zones",
    level: "critical",
    findings: [{ point: "v", now: 7.9, level: "critical" }],
    isBeyond: false,
  });
  assert.ok(run([1, 2, 3, 4, 5].map(() => ({ value: 9, isJudged: false }))).every(({ level }) => level === "normal"));
});

test("a row in zone C or D says so at once, before the zone holds", () => {
  assert.deepEqual(
    run([2.8, 2.9, 9, 1].map((value) => ({ value }))).map(({ isBeyond, level }) => [isBeyond, level]),
    [
      [false, "normal"],
      [true, "normal"],
      [true, "normal"],
      [false, "normal"],
    ],
  );
});

test("units: a velocity in in/s or m/s falls into the same zone, and is told in its own unit", () => {
  const inches = run(
    [0.4, 0.4, 0.4].map((value) => ({ value })),
    [{ ...rule, mmSPerUnit: mmSPerUnit("in/s") ?? 0 }],
  ).at(-1);
  assert.equal(inches?.level, "critical");
  assert.ok(Math.abs((inches?.findings[0]?.now ?? 0) - 0.4) < 1e-12);
  const metres = run(
    [0.003, 0.003, 0.003].map((value) => ({ value })),
    [{ ...rule, mmSPerUnit: mmSPerUnit("m/s") ?? 0 }],
  ).at(-1);
  assert.equal(metres?.level, "warning");
  assert.deepEqual(["g", "m/s2", "µm", "°C", "1", "toString"].map(mmSPerUnit), [null, null, null, null, null, null]);
});

test("of several points the worst comes first, and each is judged by its own boundaries", () => {
  const rules: ZoneRule[] = [
    { ...rule, point: "other", boundariesMmS: [2.3, 4.5, 7.1] },
    { ...rule, boundariesMmS: [0.5, 1, 2] },
  ];
  const output = run(
    [9, 9, 9].map((value) => ({ value })),
    rules,
  ).at(-1);
  assert.deepEqual(
    output?.findings.map(({ point, level }) => [point, level]),
    [
      ["v", "critical"],
      ["other", "warning"],
    ],
  );
});
