import assert from "node:assert/strict";
import { test } from "node:test";
import { syntheticWear } from "../evaluation/synthetic-wear.ts";
import { learnPrognosis } from "../prognosis/learn-prognosis.ts";
import { youngReference } from "../prognosis/young-reference.ts";
import { PrognosisDrift } from "./prognosis-drift.ts";

const units = syntheticWear({ units: 6, seed: 1 });
const names = ["point_1", "point_2", "point_3"];
const prognosis = learnPrognosis(units, { horizons: [30], seed: 1 });
const features = { ...prognosis.features, points: names } as unknown as ConstructorParameters<typeof PrognosisDrift>[0];
const reference = youngReference(units, prognosis.features, names);

/** Cycles from `from` on, all in a condition nobody learned, or all in one that was. */
function add(drift: PrognosisDrift, [from, to]: readonly [number, number], isStrange: boolean): void {
  for (let cycle = from; cycle < to; cycle += 1) {
    const row = units[0]?.[cycle % 60] ?? { settings: [0], values: [0, 0, 0] };
    drift.add({ cycle, row: isStrange ? { ...row, settings: [5] } : row });
  }
}

test("strange operating conditions are drift until a whole period without them; a few cycles change nothing", () => {
  const drift = new PrognosisDrift(features, reference);
  const verdicts: [boolean, number][] = [];
  const night = (): void => {
    const { isStrange, cycles } = drift.report();
    verdicts.push([isStrange, cycles]);
    drift.beginPeriod();
  };
  add(drift, [1, 21], true);
  night();
  add(drift, [21, 41], true);
  night();
  add(drift, [41, 51], false);
  night();
  add(drift, [51, 81], false);
  night();
  assert.deepEqual(verdicts, [
    [false, 20],
    [true, 40],
    [true, 40],
    [false, 40],
  ]);
});

test("the first cycles of a life are counted once, by condition, and everything goes on from what was saved", () => {
  const [whole, first] = [new PrognosisDrift(features, reference), new PrognosisDrift(features, reference)];
  for (const drift of [whole, first]) add(drift, [1, 30], false);
  const second = new PrognosisDrift(features, reference, JSON.parse(JSON.stringify(first.counts)));
  for (const drift of [whole, second]) add(drift, [30, 100], false);
  assert.deepEqual(second.counts, whole.counts);
  const counted = whole.counts.young.map(([point_1 = []]) => point_1.reduce((sum, count) => sum + count, 0));
  assert.equal(counted.length, 2);
  assert.equal(counted[0] === undefined ? 0 : counted[0] + (counted[1] ?? 0), reference.young_cycles);
  assert.ok(
    counted.every((count) => count > 10),
    counted.join(),
  );
});
