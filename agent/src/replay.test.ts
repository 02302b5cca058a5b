// The same rows through the agent's own path (learned in its worker, bundle on the disk, opened, scored) and through evaluation: one figure.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { decisionStep, initialDecision } from "@millwright/models/decisions/decision-step";
import { judgeRecording } from "@millwright/models/evaluation/judge-recording";
import { syntheticRows } from "@millwright/models/evaluation/synthetic-rows";
import type { Hold } from "@millwright/models/features/point-features";
import { newSigningKey, parseSigningKey } from "@millwright/models/onnx/signing-key";
import { thresholdSettings } from "@millwright/models/settings";
import { openMachineModel } from "./inference/machine-model.ts";
import type { LearnAsked } from "./inference/model-messages.ts";
import { startModelRunner } from "./inference/model-runner.ts";

const nothing = async (): Promise<void> => {};

test("the agent scores as evaluation does, alarms and re-centring included", async (t) => {
  const recording = syntheticRows({ seed: 8, rows: 620, faultAt: 450, faultRows: 60 });
  const learning = recording.rows.slice(0, 400);
  const expected = await judgeRecording({ ...recording, labels: null }, { learnRows: 400 });

  const folder = mkdtempSync(join(tmpdir(), "millwright-replay-"));
  const models = startModelRunner({
    boxKey: parseSigningKey(newSigningKey(), "replay"),
    trustedKeys: new Map(),
    vetted: { has: () => false, add: nothing, deaths: () => 0, opening: nothing, outlived: nothing },
  });
  t.after(async () => {
    await models.close();
    rmSync(folder, { recursive: true });
  });
  const points = recording.points.map(({ name, unit }) => ({ name, unit }));
  const learned = await models.ask<LearnAsked>({
    kind: "learn",
    folder: join(folder, "1"),
    id: "replay",
    version: 1,
    machineClass: "centrifugal-pump",
    points,
    periodMs: 1000,
    atMs: Float64Array.from(learning, ({ atMs }) => atMs),
    values: Float64Array.from(learning.flatMap(({ values }) => [...values])),
    parent: null,
    thresholds: thresholdSettings,
    createdAt: "2026-01-01T00:00:00.000Z",
  });
  assert.ok(learned.ok);
  const model = await openMachineModel({ models, key: "replay", folder: join(folder, "1"), points, stream: null });
  model.stream.prime(learning);
  let decision = initialDecision;
  let hold: Hold = "leaders";
  for (const [i, row] of recording.rows.slice(400).entries()) {
    const { score } = await model.score({ ...row, hold });
    assert.ok(typeof score === "number");
    const { state, output } = decisionStep(decision, { kind: "score", score }, model.manifest.thresholds);
    decision = state;
    hold = output.hold;
    const { score: wanted, alarm } = expected.rows[i] ?? { score: null, alarm: null };
    assert.ok(Math.abs(score - (wanted ?? Number.NaN)) <= 1e-6 * (1 + score), `row ${i}: ${score}, expected ${wanted}`);
    assert.equal(output.alarm, alarm, `row ${i}`);
  }
  assert.ok(expected.rows.some(({ alarm }) => alarm));
  await model.close();
});
