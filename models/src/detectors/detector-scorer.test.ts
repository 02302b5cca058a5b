import assert from "node:assert/strict";
import { test } from "node:test";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { MachineStream } from "../features/machine-stream.ts";
import { goldenVectors } from "../onnx/golden-vectors.ts";
import { readTables } from "../onnx/read-tables.ts";
import { openScorer } from "../onnx/session.ts";
import { writeGraph } from "../onnx/write-graph.ts";
import { DetectorScorer } from "./detector-scorer.ts";
import { detectorTables } from "./detector-tables.ts";
import { distancesOf, scoredOf } from "./distances-of.ts";
import { learnDetector } from "./learn-detector.ts";
import { chartsOf } from "./own-charts.ts";
import type { Weights } from "./weights.ts";

type Machine = { readonly model: Uint8Array; readonly weights: Weights; readonly vectors: readonly Float32Array[] };

/** A learned machine and rows of it: a fault after the learning, and whatever golden vectors are, some with hidden points. @param copies of its six points */
function machineOf(seed: number, { frozen = false, copies = 1 } = {}): Machine {
  const { points, rows } = syntheticRows({ seed, rows: 700, cycleRows: 10, faultAt: 420, faultRows: 250 });
  const wide = rows.map(({ atMs, values }, i) => ({
    atMs,
    values: Float64Array.from({ length: copies * values.length }, (_, p) =>
      frozen && p === 2 && i > 100 ? 7 : (values[p % values.length] as number) * (1 + 0.01 * Math.sin(i * (1 + p))),
    ),
  }));
  const names = Array.from({ length: copies }, (_, copy) => points.map(({ name, unit }) => ({ name: `${name}_${copy}`, unit }))).flat();
  const learned = learnDetector({ points: names, periodMs: 1000, rows: wide.slice(0, 400) });
  assert.ok(learned.ok);
  const { features, stillness, weights } = learned.detector;
  assert.equal(weights.monitored.includes(0), frozen);
  const stream = new MachineStream({ schema: features, stillness });
  stream.prime(wide.slice(0, 400));
  const seen = wide.slice(400).flatMap((row) => stream.push(row).features ?? []);
  assert.ok(seen.length > 250);
  return {
    model: writeGraph(weights),
    weights,
    vectors: [...seen, ...goldenVectors(weights, { count: 64, seed }).map((one) => one.features)],
  };
}

const machines = [machineOf(1), machineOf(2), machineOf(3, { frozen: true }), machineOf(4)];
const [first] = machines as [Machine, ...Machine[]];

/** Rows of a machine; `isHiding(row)`: one or two of its points are hidden. */
function rowsOf({ vectors, weights }: Machine, isHiding: (row: number) => boolean): Float32Array[] {
  const points = weights.mean.length;
  return vectors.map((vector, row) => {
    const hidden = isHiding(row) ? [row % points, (row >> 1) % points] : [];
    return vector.map((x, column) => (hidden.includes(column % points) ? Number.NaN : x));
  });
}

const which = {
  "no row": () => false,
  "every row": () => true,
  "two of five rows": (n: number) => n % 5 < 2,
};
const kinds = {
  "a machine": first,
  "a machine without a point": machines[2] as Machine,
  "a machine of 36 points": machineOf(6, { copies: 6 }),
};
for (const [kind, machine] of Object.entries(kinds))
  for (const [name, isHiding] of Object.entries(which))
    test(`${kind}: each row is scored as by its own graph, with hidden points in ${name}`, async () => {
      const tables = readTables(machine.model);
      assert.ok(tables !== null);
      const scorer = new DetectorScorer(tables);
      const { points } = scorer;
      const graph = await openScorer(machine.model, { features: 9 * points });
      const parts = new Float32Array(points);
      for (const [row, features] of rowsOf(machine, isHiding).entries()) {
        const given = features.slice();
        const score = scorer.score(features, parts);
        assert.deepEqual(features, given, "what was given is left as it was");
        const expected = await graph.score(features, 1);
        const expectedParts = parts.map((_, p) => sumOfPoint(expected.contribution, p, points));
        const tolerance = 5e-6 * (1 + score);
        const isAlike = (found: number, wanted: number): boolean => Math.abs(found - wanted) <= tolerance;
        assert.ok(isAlike(score, expected.score[0] as number), `row ${row}: ${score} instead of ${expected.score[0]}`);
        for (const [p, part] of parts.entries())
          assert.ok(
            isAlike(part, expectedParts[p] as number),
            `row ${row}, point ${p}: ${part} instead of ${expectedParts[p]} of ${score}`,
          );
      }
      await graph.close();
    });

function sumOfPoint(contribution: Float32Array, p: number, points: number): number {
  let sum = 0;
  for (let column = p; column < contribution.length; column += points) sum += contribution[column] as number;
  return sum;
}

test("the rows of these tests are led by every layer, and reach the bound of the re-centring", async () => {
  const leads = { fast: 0, slow: 0, level: 0, chart: 0 };
  for (const { weights, vectors } of machines)
    for (const vector of vectors) {
      const { fast, slow, level } = distancesOf(vector, weights);
      const layers = {
        fast: fast / weights.fast.limit,
        slow: slow / weights.slow.limit,
        level: level / weights.level.limit,
        chart: Math.max(...chartsOf(vector, weights)),
      };
      const lead = Object.entries(layers).reduce((a, b) => (b[1] > a[1] ? b : a))[0] as keyof typeof leads;
      leads[lead] += 1;
    }
  assert.ok(
    Object.values(leads).every((count) => count >= 10),
    JSON.stringify(leads),
  );
  // With a bound out of reach some scores are others.
  const vectors = first.vectors;
  const loose = { ...first.weights, driftBound: first.weights.driftBound.map(() => 1e6) };
  assert.ok(vectors.filter((vector) => Math.abs(scoredOf(vector, loose).score - scoredOf(vector, first.weights).score) > 0.01).length > 10);
});

test("a figure that is none gives none", () => {
  const scorer = new DetectorScorer(detectorTables(first.weights));
  const parts = new Float32Array(scorer.points);
  for (const [column, value] of [
    [0, Number.POSITIVE_INFINITY],
    [scorer.points, Number.NaN],
    [3 * scorer.points, Number.NaN],
    [6 * scorer.points + 1, Number.NEGATIVE_INFINITY],
  ] as const) {
    const score = scorer.score((first.vectors[0] as Float32Array).with(column, value), parts);
    assert.ok(!Number.isFinite(score) || column > 6 * scorer.points, `${value} in column ${column}: ${score}`);
  }
  assert.ok(Number.isFinite(scorer.score(first.vectors[0] as Float32Array, parts)), "the row after it is scored again");
});

test("a graph that is not to the last byte ours has no tables", () => {
  const changed = Uint8Array.from(first.model);
  const at = Buffer.from(changed).indexOf("ar2-mahalanobis");
  changed[at] = 0x62;
  assert.equal(readTables(changed), null);
});
