import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { learnDetector } from "@millwright/models/detectors/learn-detector";
import { syntheticRows } from "@millwright/models/evaluation/synthetic-rows";
import { MachineStream } from "@millwright/models/features/machine-stream";
import { openScorer } from "@millwright/models/onnx/session";
import { writeGraph } from "@millwright/models/onnx/write-graph";
import { DetectorStacks, type Stack } from "./detector-stacks.ts";

const machines = [1, 2, 3].map((seed) => {
  const { points, rows } = syntheticRows({ seed, rows: 420, faultAt: 410, faultRows: 10 });
  const learned = learnDetector({ points, periodMs: 1_000, rows: rows.slice(0, 400) });
  assert.ok(learned.ok);
  const { features, stillness, weights } = learned.detector;
  const stream = new MachineStream({ schema: features, stillness });
  stream.prime(rows.slice(0, 400));
  const row = stream.push(rows[400] as (typeof rows)[number]).features;
  assert.ok(row !== null);
  return { graph: `graph-${seed}`, model: writeGraph(weights), row };
});

async function stackFor(stacks: DetectorStacks, graph: string): Promise<Stack> {
  for (let tries = 0; tries < 500; tries++) {
    const stack = stacks.stackOf(graph);
    if (stack !== null) return stack;
    await sleep(10);
  }
  throw new Error("no stack was opened");
}

test("detectors that were added are scored together after a while, each as its own graph would", async () => {
  const stacks = new DetectorStacks({ quietMs: 20 });
  for (const { graph, model } of machines) stacks.add(graph, model);
  assert.equal(stacks.stackOf("graph-1"), null, "not at once");
  const stack = await stackFor(stacks, "graph-1");
  for (const { graph, model, row } of machines) {
    const place = stack.places.get(graph);
    assert.ok(place !== undefined);
    const alone = await openScorer(model, { features: row.length });
    const [mine, own] = [
      (await stack.scorer.score(row, Int32Array.of(place))).score[0] ?? Number.NaN,
      (await alone.score(row, 1)).score[0] ?? 0,
    ];
    assert.ok(Math.abs(mine - own) < 1e-5 * (1 + own), `${graph}: ${mine}, alone ${own}`);
    await alone.close();
  }
  stacks.remove("graph-1");
  assert.equal(stacks.stackOf("graph-1"), null);
  assert.equal(stacks.stackOf("graph-2"), stack);
  await stack.scorer.close();
});

test("one that is added later has a stack when that is opened again, and is scored alone until then", async () => {
  const stacks = new DetectorStacks({ quietMs: 20, restMs: 100 });
  for (const { graph, model } of machines.slice(0, 2)) stacks.add(graph, model);
  const before = await stackFor(stacks, "graph-2");
  for (const { graph, model } of machines.slice(2)) stacks.add(graph, model);
  assert.equal(stacks.stackOf("graph-3"), null);
  assert.equal(stacks.stackOf("graph-2"), before);
  const after = await stackFor(stacks, "graph-3");
  assert.equal(stacks.stackOf("graph-2"), after);
  await after.scorer.close();
});

test("one detector alone is a stack of its own, a graph that is not ours is in none", async () => {
  const stacks = new DetectorStacks({ quietMs: 1 });
  const [first] = machines;
  assert.ok(first !== undefined);
  const foreign = Uint8Array.from(first.model);
  foreign[Buffer.from(foreign).indexOf("ar2-mahalanobis")] = 0x62;
  stacks.add("foreign", foreign);
  stacks.add(first.graph, first.model);
  const stack = await stackFor(stacks, first.graph);
  assert.deepEqual([...stack.places], [[first.graph, 0]]);
  assert.equal(stacks.stackOf("foreign"), null);
  await stack.scorer.close();
});
