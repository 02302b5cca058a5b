import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { featureSettings } from "../settings.ts";
import { featureSchema } from "./feature-schema.ts";
import { MachineStream, type MachineStreamSnapshot } from "./machine-stream.ts";
import type { Hold } from "./point-features.ts";

const points = [
  { name: "a", unit: "bar" },
  { name: "b", unit: "mm/s" },
];
const schema = featureSchema(points, 1000);
const stillness = points.map(({ name }) => ({ point: name, longest_rows: 1, suspicious_rows: 5, frozen_rows: 42, is_monitored: true }));
const newStream = (snapshot?: MachineStreamSnapshot) => new MachineStream({ schema, stillness, ...(snapshot ? { snapshot } : {}) });
const row = (i: number, atMs = 1000 * i) => ({ atMs, values: Float64Array.of(Math.sin(i), 10 + Math.cos(3 * i)) });

test("warms up for two lags and five smoothed rows, then gives value, lags and running means", () => {
  const stream = newStream();
  const steps = Array.from({ length: 8 }, (_, i) => stream.push(row(i)));
  assert.deepEqual(
    steps.map(({ reason }) => reason),
    [...new Array(6).fill("warming_up"), "ok", "ok"],
  );
  const features = steps[7]?.features as Float32Array;
  assert.deepEqual(
    [...features.subarray(0, 6)],
    [...Float32Array.of(Math.sin(7), 10 + Math.cos(21), Math.sin(6), 10 + Math.cos(18), Math.sin(5), 10 + Math.cos(15))],
  );
});

test("a gap of more than three periods starts the lags again; one of three does not", () => {
  const stream = newStream();
  for (let i = 0; i < 10; i += 1) stream.push(row(i));
  assert.equal(stream.push(row(10, 12_000)).reason, "ok");
  assert.equal(stream.push(row(11, 15_001)).reason, "warming_up");
});

test("after a gap the re-centring goes on as slowly as before: what comes behind it is not taken for normal at once", () => {
  const stream = newStream();
  const at = (i: number, level: number, gapMs: number) => ({
    atMs: 1000 * i + gapMs,
    values: Float64Array.of(level + Math.sin(i), 10 + Math.cos(3 * i)),
  });
  for (let i = 0; i < 400; i += 1) stream.push(at(i, 0, 0));
  const drifts = Array.from({ length: 40 }, (_, i) => stream.push(at(400 + i, 10, 60_000)).features?.[6 * points.length]);
  const last = drifts.at(-1) as number;
  const learned = 10 * (1 - (1 - featureSettings.driftAlpha) ** 34);
  assert.ok(last > 0.8 * learned && last < 1.2 * learned, `${last} of 10 after 34 scored rows, expected about ${learned}`);
});

test("a step back in monotonic time is a new boot, not a negative gap", () => {
  const stream = newStream();
  for (let i = 0; i < 10; i += 1) stream.push(row(i));
  assert.equal(stream.push(row(10, 5)).reason, "warming_up");
});

test("one missing point of two is hidden and does not stop scoring; both missing do", () => {
  const stream = newStream();
  for (let i = 0; i < 10; i += 1) stream.push(row(i));
  const one = stream.push({ atMs: 10_000, values: Float64Array.of(Number.NaN, 10.5) });
  assert.deepEqual([one.reason, one.masked], ["ok", [0]]);
  assert.ok(Number.isNaN(one.features?.[0]));
  assert.equal(stream.push({ atMs: 11_000, values: Float64Array.of(Number.NaN, Number.NaN) }).reason, "too_many_missing");
});

test("a frozen sensor is hidden from the fifth equal row on, reported once as frozen, and once when it moves again", () => {
  const stream = newStream();
  for (let i = 0; i < 10; i += 1) stream.push(row(i));
  const steps = Array.from({ length: 60 }, (_, i) =>
    stream.push({ atMs: 1000 * (10 + i), values: Float64Array.of(0.5, 10 + Math.cos(i)) }),
  );
  assert.equal(
    steps.findIndex(({ masked }) => masked.includes(0)),
    4,
  );
  const events = steps.flatMap(({ sensorEvents }) => sensorEvents);
  assert.deepEqual(events, [{ point: "a", kind: "frozen", stillRows: 42 }]);
  assert.deepEqual(stream.push(row(71)).sensorEvents, [{ point: "a", kind: "moving_again", stillRows: 60 }]);
});

test("goes on from a snapshot that went through JSON as if nothing had happened, wherever it was taken", () => {
  const value = fc.oneof(
    { weight: 9, arbitrary: fc.double({ min: -10, max: 10, noNaN: true }) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  );
  const rows = fc.array(
    fc.record({
      a: value,
      b: value,
      gapMs: fc.constantFrom(1000, 1000, 1000, 2000, 9000),
      hold: fc.constantFrom("leaders", "all", "involved"),
      scored: fc.option(
        fc.record({ score: fc.double({ min: 0, max: 3, noNaN: true }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      ),
    }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(rows, fc.nat(60), (list, cut) => {
      let atMs = 0;
      const timed = list.map(({ a, b, gapMs, hold, scored }) => {
        atMs += gapMs;
        return { row: { atMs, values: Float64Array.of(a, b), hold }, scored };
      });
      const step = (stream: MachineStream, { row, scored }: (typeof timed)[number]) => {
        const pushed = stream.push(row);
        if (scored !== null) stream.attribute({ score: scored.score, contribution: [scored.share, 1 - scored.share] });
        return pushed;
      };
      const whole = newStream();
      const expected = timed.map((each) => step(whole, each));
      let stream = newStream();
      const found = timed.map((each, i) => {
        if (i === cut) stream = newStream(JSON.parse(JSON.stringify(stream.state)) as MachineStreamSnapshot);
        return step(stream, each);
      });
      assert.deepEqual(found, expected);
    }),
  );
});

/** Slow running means of both points after 60 rows of a step of 10 in both, with a score whose part `share` is the first one's. */
function afterStep(hold: Hold, score: number, contribution: readonly number[]): [number, number] {
  const stream = newStream();
  const at = (i: number, level: number) => ({ atMs: 1000 * i, values: Float64Array.of(level + Math.sin(i), level + Math.cos(3 * i)) });
  for (let i = 0; i < 400; i += 1) stream.push(at(i, 0));
  for (let i = 400; i < 460; i += 1) {
    stream.push({ ...at(i, 10), hold });
    stream.attribute({ score, contribution });
  }
  const { features } = stream.push({ ...at(460, 10), hold });
  const drift = 6 * 2;
  return [features?.[drift] as number, features?.[drift + 1] as number];
}

test("a point that makes up a good part of the score is not re-centred, the others are; in an alarm a small part is enough", () => {
  const moved = (slow: number): boolean => slow > 2;
  const cases: [Hold, number, readonly number[], [boolean, boolean]][] = [
    ["leaders", 0.6, [1, 0], [false, true]],
    ["leaders", 0.6, [1, 1], [true, true]],
    ["involved", 1.5, [9, 1], [false, false]],
    ["involved", 1.5, [99, 1], [false, true]],
    ["all", 0.1, [1, 0], [false, false]],
    // Nothing is said of whose the score is: it may be any point's.
    ["involved", 1.5, [0, 0], [false, false]],
    ["involved", 1.5, [Number.NaN, 1], [false, false]],
  ];
  for (const [hold, score, contribution, expected] of cases)
    assert.deepEqual(afterStep(hold, score, contribution).map(moved), expected, `${hold}, score ${score}, ${contribution}`);
});

test("what was judged normal is what later rows are measured from", () => {
  const stream = newStream();
  const at = (i: number, level: number) => ({ atMs: 1000 * i, values: Float64Array.of(level + Math.sin(i), 10 + Math.cos(3 * i)) });
  for (let i = 0; i < 200; i += 1) stream.push(at(i, 0));
  for (let i = 200; i < 240; i += 1) stream.push({ ...at(i, 50), hold: "all" });
  stream.accept();
  const [value] = stream.push(at(240, 50)).features as Float32Array;
  assert.ok(Math.abs((value as number) - Math.sin(240)) < 2, `${value}`);
});

test("a sensor that froze among the learning rows is reported with the first row after them", () => {
  const stream = newStream();
  const at = (i: number) => ({ atMs: 1000 * i, values: Float64Array.of(0.5, 10 + Math.cos(3 * i)) });
  stream.prime(Array.from({ length: 60 }, (_, i) => at(i)));
  assert.deepEqual(stream.push(at(60)).sensorEvents, [{ point: "a", kind: "frozen", stillRows: 61 }]);
  assert.deepEqual(stream.push(at(61)).sensorEvents, []);
});

/** 8 sensors that move; `bad`: which of them have no good value in row n. @returns reasons of rows 0 to `rows`, and what was masked last */
function withBad(rows: number, bad: (n: number, p: number) => boolean) {
  const names = Array.from({ length: 8 }, (_, p) => ({ name: `s${p}`, unit: "1" }));
  const stream = new MachineStream({
    schema: featureSchema(names, 1_000),
    stillness: names.map(({ name }) => ({ point: name, longest_rows: 1, suspicious_rows: 5, frozen_rows: 42, is_monitored: true })),
  });
  const steps = Array.from({ length: rows }, (_, n) =>
    stream.push({ atMs: 1_000 * n, values: Float64Array.from(names, (_, p) => (bad(n, p) ? Number.NaN : 10 + Math.sin(n + p))) }),
  );
  return { reasons: steps.map(({ reason }) => reason), masked: steps.at(-1)?.masked };
}

test("a window with more than a tenth of its values bad is refused until they are out of sight", () => {
  const { reasons } = withBad(100, (n) => [40, 45, 50, 55].includes(n));
  const refused = reasons.flatMap((reason, n) => (reason === "too_many_missing" ? [n] : []));
  assert.deepEqual(refused, [40, 45, 50, ...Array.from({ length: 15 }, (_, n) => 55 + n)], "three of 30 rows may be bad, four may not");
  assert.equal(withBad(200, (n, p) => (n + 3 * p) % 8 === 0).reasons.at(-1), "too_many_missing", "an eighth of all values, here and there");
});

test("one bad sensor of eight, dead or with holes, is left out and blinds nobody at any moment", () => {
  for (const isBad of [() => true, (n: number) => n % 2 === 0, (n: number) => n % 5 === 0]) {
    const { reasons } = withBad(200, (n, p) => p === 3 && n >= 50 && isBad(n));
    assert.deepEqual([...new Set(reasons.slice(10))], ["ok"]);
  }
  assert.deepEqual(withBad(200, (n, p) => p === 3 && n % 2 === 0).masked, [3], "also in a row in which it has a value");
});
