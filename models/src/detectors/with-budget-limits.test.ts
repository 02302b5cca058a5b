import assert from "node:assert/strict";
import { test } from "node:test";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { MachineStream } from "../features/machine-stream.ts";
import { distancesOf, scoreOf } from "./distances-of.ts";
import { learnDetector } from "./learn-detector.ts";
import { chartsOf } from "./own-charts.ts";
import { channelNames } from "./weights.ts";
import { withBudgetLimits } from "./with-budget-limits.ts";

const { points, rows } = syntheticRows({ seed: 5, rows: 900, cycleRows: 10 });
const learned = learnDetector({ points, periodMs: 1000, rows: rows.slice(0, 400) });
assert.ok(learned.ok);
const { features: schema, stillness, weights } = learned.detector;
const stream = new MachineStream({ schema, stillness });
const later = rows.slice(400).flatMap((row) => stream.push(row).features ?? []);

test("no more of the healthy rows than the budget lie above 1, a quarter of it in each channel and on the charts", () => {
  for (const budget of [0.005, 0.03, 0.3]) {
    const limited = withBudgetLimits(weights, later, budget);
    const above = later.filter((features) => scoreOf(features, limited) > 1).length;
    assert.ok(above <= budget * later.length + channelNames.length + 1, `${above} of ${later.length} at ${budget}`);
    for (const name of channelNames) {
      const own = later.filter((features) => distancesOf(features, limited)[name] > limited[name].limit).length;
      assert.ok(Math.abs(own - (budget / 4) * later.length) <= 1, `${name}: ${own} at ${budget}`);
    }
    const charted = later.filter((features) => Math.max(...chartsOf(features, limited)) > 1).length;
    assert.ok(Math.abs(charted - (budget / 4) * later.length) <= 1, `charts: ${charted} at ${budget}`);
  }
});

test("only the limits differ, and a larger budget never raises one; of no rows a limit is 1", () => {
  const [tight, wide] = [withBudgetLimits(weights, later, 0.01), withBudgetLimits(weights, later, 0.1)];
  for (const name of channelNames) {
    assert.ok(wide[name].limit <= tight[name].limit);
    assert.equal(tight[name].precision, weights[name].precision);
    assert.equal(withBudgetLimits(weights, [], 0.01)[name].limit, 1);
  }
  assert.deepEqual({ ...tight, fast: 0, slow: 0, level: 0, chart: 0 }, { ...weights, fast: 0, slow: 0, level: 0, chart: 0 });
});
