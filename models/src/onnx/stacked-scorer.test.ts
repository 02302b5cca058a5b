import assert from "node:assert/strict";
import { test } from "node:test";
import { distancesOf, scoredOf } from "../detectors/distances-of.ts";
import { learnDetector } from "../detectors/learn-detector.ts";
import { chartsOf } from "../detectors/own-charts.ts";
import type { Weights } from "../detectors/weights.ts";
import { syntheticRows } from "../evaluation/synthetic-rows.ts";
import { MachineStream } from "../features/machine-stream.ts";
import { seededRandom } from "../features/seeded-random.ts";
import { goldenVectors } from "./golden-vectors.ts";
import { graphConstants } from "./graph-constants.ts";
import { readWeights } from "./read-weights.ts";
import { openScorer, type Scores } from "./session.ts";
import { openStackedScorer } from "./stacked-scorer.ts";
import { writeGraph } from "./write-graph.ts";

const kinds = 9;
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

/** Rows of machines in any order; `isHiding(row)`: one or two of its points are hidden. */
function rowsOf(of: readonly Machine[], isHiding: (row: number) => boolean, seed = 5): { vectors: Float32Array[]; machine: Int32Array } {
  const random = seededRandom(seed);
  const all = of.flatMap(({ vectors }, m) => vectors.map((vector) => ({ vector, m, at: random() }))).sort((a, b) => a.at - b.at);
  const vectors = all.map(({ vector }, row) => {
    const points = vector.length / kinds;
    const hidden = isHiding(row) ? [row % points, (row >> 1) % points] : [];
    return vector.map((x, column) => (hidden.includes(column % points) ? Number.NaN : x));
  });
  return { vectors, machine: Int32Array.from(all, ({ m }) => m) };
}

const joined = (vectors: readonly Float32Array[]): Float32Array => Float32Array.from(vectors.flatMap((vector) => [...vector]));

/** To float32: the graphs add the same products in another order. */
function assertAlike(found: Scores, expected: Scores): void {
  const columns = found.contribution.length / found.score.length;
  for (const [row, score] of expected.score.entries()) {
    const tolerance = 5e-6 * (1 + score);
    assert.ok(Math.abs((found.score[row] as number) - score) <= tolerance, `row ${row}: ${found.score[row]} instead of ${score}`);
    for (let i = row * columns; i < (row + 1) * columns; i += 1)
      assert.ok(
        Math.abs((found.contribution[i] as number) - (expected.contribution[i] as number)) <= tolerance,
        `row ${row}, feature ${i % columns}: ${found.contribution[i]} instead of ${expected.contribution[i]} of ${score}`,
      );
  }
}

/** What each row's own graph says. */
async function ownScores(of: readonly Machine[], vectors: readonly Float32Array[], machine: Int32Array): Promise<Scores> {
  const scorers = await Promise.all(of.map(({ model, vectors: [one] }) => openScorer(model, { features: one?.length ?? 0 })));
  const all: Scores[] = [];
  for (const [row, vector] of vectors.entries()) all.push((await scorers[machine[row] as number]?.score(vector, 1)) as Scores);
  await Promise.all(scorers.map((scorer) => scorer.close()));
  return { score: joined(all.map(({ score }) => score)), contribution: joined(all.map(({ contribution }) => contribution)) } as Scores;
}

const which = {
  "no row": () => false,
  "every row": () => true,
  "two of five rows": (n: number) => n % 5 < 2,
  "three of five rows": (n: number) => n % 5 > 1,
};
const stacks = {
  "four machines, one without a point": machines,
  "a machine alone": [first],
  "a machine alone that does without a point": [machines[2] as Machine],
  "a machine alone of 36 points": [machineOf(6, { copies: 6 })],
};
for (const [stack, of] of Object.entries(stacks))
  for (const [name, isHiding] of Object.entries(which))
    test(`${stack}: each row is scored as by its machine's own graph, with hidden points in ${name}`, async () => {
      const { vectors, machine } = rowsOf(of, isHiding);
      const stacked = await openStackedScorer(of.map(({ model }) => readWeights(model)).filter((one) => one !== null));
      const batch = joined(vectors);
      const given = batch.slice();
      const found = await stacked.score(batch, machine);
      assertAlike(found, await ownScores(of, vectors, machine));
      assert.deepEqual(batch, given, "what was given is left as it was");
      await stacked.close();
    });

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

test("a row of a machine it does not know, and machines of different widths, are refused", async () => {
  const weights = graphConstants(first.weights);
  const stacked = await openStackedScorer([weights]);
  await assert.rejects(stacked.score(first.vectors[0] as Float32Array, Int32Array.of(1)), { code: "session_failed" });
  await stacked.close();
  await assert.rejects(openStackedScorer([weights, { ...weights, mean: Float32Array.of(1) }]), { code: "model_shape" });
});

test("a figure that is none is refused: one row's infinity, which its own graph does not take either", async () => {
  const stacked = await openStackedScorer([graphConstants(first.weights)]);
  const vector = (first.vectors[0] as Float32Array).with(3, Number.POSITIVE_INFINITY);
  await assert.rejects(stacked.score(vector, Int32Array.of(0)), { code: "session_failed" });
  await stacked.close();
});

test("a graph that is not to the last byte ours has no weights", () => {
  const changed = Uint8Array.from(first.model);
  const at = Buffer.from(changed).indexOf("ar2-mahalanobis");
  changed[at] = 0x62;
  assert.equal(readWeights(changed), null);
});
