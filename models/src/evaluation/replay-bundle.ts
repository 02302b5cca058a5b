// A finished bundle run over a machine's history, row by row, through the code the agent runs: stream → ONNX → decision. Nothing is learned and
// nobody gives a verdict.
import { Fault } from "@millwright/kit/fault";
import { decisionStep, initialDecision, type Level } from "../decisions/decision-step.ts";
import { strangeColumn } from "../features/feature-columns.ts";
import { MachineStream } from "../features/machine-stream.ts";
import { modelInputs } from "../features/model-inputs.ts";
import type { Hold } from "../features/point-features.ts";
import type { Bundle } from "../onnx/build-bundle.ts";
import { modelFault } from "../onnx/model-faults.ts";
import { openScorer } from "../onnx/session.ts";
import type { Recording } from "./parse-skab-file.ts";

/** `values`: in the order of the bundle's points. `score`: null while unavailable; then `contribution` is empty, otherwise
 * it is per feature of the stream (kind by kind, point by point). */
export type ReplayedRow = {
  readonly row: number;
  readonly atMs: number;
  readonly values: Float64Array;
  readonly score: number | null;
  readonly contribution: Float32Array;
  readonly level: Level;
  readonly isTicket: boolean;
};

/** @throws Fault history_mismatch where the history lacks a point of the bundle; manifest_invalid where this version does not know its features; session_failed */
export async function replayBundle({ manifest, model }: Bundle, { points, rows }: Recording): Promise<ReplayedRow[]> {
  const columns = manifest.features.points.map(({ name }) => points.findIndex((point) => point.name === name));
  const missing = manifest.features.points.find((_, p) => columns[p] === -1);
  if (missing !== undefined)
    throw new Fault(
      "history_mismatch",
      "config",
      `the history has no column for ${missing.name}, which ${manifest.id} needs; it has ${points.map(({ name }) => name).join(", ")}`,
    );
  const inputs = modelInputs(manifest);
  if (inputs === null)
    throw modelFault(
      "manifest_invalid",
      `${manifest.id} needs the feature ${strangeColumn(manifest.features)?.column}, which this version does not compute like that`,
    );
  const stream = new MachineStream({ schema: inputs.whole, stillness: manifest.stillness });
  const scorer = await openScorer(model, { features: manifest.features.columns.length });
  const replayed: ReplayedRow[] = [];
  let decision = initialDecision;
  let hold: Hold = "leaders";
  try {
    for (const [row, { atMs, values: all }] of rows.entries()) {
      const values = Float64Array.from(columns, (column) => all[column] as number);
      const { features } = stream.push({ atMs, values, hold });
      const seen = features === null ? null : inputs.pick(features);
      const scored = seen === null ? null : await scorer.score(seen, 1);
      const score = scored === null ? null : (scored.score[0] as number);
      const contribution = scored === null ? new Float32Array() : inputs.spread(scored.contribution);
      if (score !== null) stream.attribute({ score, contribution });
      const { state, output } = decisionStep(decision, { kind: "score", score }, manifest.thresholds);
      decision = state;
      hold = output.hold;
      replayed.push({ row, atMs, values, score, contribution, level: output.level, isTicket: output.change === "ticket_due" });
    }
  } finally {
    await scorer.close();
  }
  return replayed;
}
