// Runs one recording through the very code the agent runs: learn from the first rows, write the graph, then stream → ONNX → decision, row by row.

import { changepointStep, initialChangepoint } from "../decisions/changepoint-step.ts";
import { decisionStep, initialDecision, isAboutNow } from "../decisions/decision-step.ts";
import { learnDetector } from "../detectors/learn-detector.ts";
import { quantileOf } from "../detectors/statistics.ts";
import { MachineStream } from "../features/machine-stream.ts";
import type { Hold } from "../features/point-features.ts";
import type { Row } from "../features/row.ts";
import { openScorer } from "../onnx/session.ts";
import { writeGraph } from "../onnx/write-graph.ts";
import { thresholdSettings } from "../settings.ts";
import type { Recording } from "./parse-skab-file.ts";

/** `row`: index among the rows of the recording, from 0. `score`: null while unavailable. `isTicket`: a ticket became due in this row. */
export type JudgedRow = {
  readonly row: number;
  readonly atMs: number;
  readonly alarm: boolean;
  readonly score: number | null;
  readonly changepoint: boolean;
  readonly isTicket: boolean;
};

export type Judgement = { readonly rows: readonly JudgedRow[]; readonly refusal: string | null };

export type JudgeOptions = {
  /** Rows to learn from; the rest is judged. */
  readonly learnRows: number;
  /** A person: a ticket of a row before `untilRow` is false, and is closed with "nothing" so many rows after it was due. Nobody by default. */
  readonly verdicts?: { readonly untilRow: number; readonly afterRows: number };
};

/** When learning is refused, every row is judged "no alarm, no score". */
export async function judgeRecording({ points, rows }: Recording, { learnRows, verdicts }: JudgeOptions): Promise<Judgement> {
  const [learning, judged] = [rows.slice(0, learnRows), rows.slice(learnRows)];
  const learned = learnDetector({ points, periodMs: periodOf(learning), rows: learning });
  if (!learned.ok) {
    const silent = judged.map(({ atMs }, i) => ({
      row: learnRows + i,
      atMs,
      alarm: false,
      score: null,
      changepoint: false,
      isTicket: false,
    }));
    return { rows: silent, refusal: learned.reason };
  }
  const { detector } = learned;
  const stream = new MachineStream({ schema: detector.features, stillness: detector.stillness });
  stream.prime(learning);
  const scorer = await openScorer(writeGraph(detector.weights), { features: detector.features.columns.length });
  const told: JudgedRow[] = [];
  let closeAt = -1;
  let decision = initialDecision;
  let change = initialChangepoint;
  let hold: Hold = "leaders";
  for (const [i, row] of judged.entries()) {
    const { features } = stream.push({ ...row, hold });
    const scored = features === null ? null : await scorer.score(features, 1);
    const score = scored === null ? null : (scored.score[0] as number);
    if (scored !== null && score !== null) stream.attribute({ score, contribution: scored.contribution });
    const { state, output } = decisionStep(decision, { kind: "score", score }, thresholdSettings);
    decision = state;
    hold = output.hold;
    const { state: next, changepoint } = changepointStep(change, score);
    change = next;
    told.push({
      row: learnRows + i,
      atMs: row.atMs,
      alarm: output.alarm,
      score,
      changepoint,
      isTicket: output.change === "ticket_due",
    });
    if (verdicts !== undefined && output.change === "ticket_due" && learnRows + i < verdicts.untilRow) closeAt = i + verdicts.afterRows;
    if (i !== closeAt) continue;
    if (isAboutNow(decision)) stream.accept();
    decision = decisionStep(decision, { kind: "reset" }, thresholdSettings).state;
  }
  await scorer.close();
  return { rows: told, refusal: null };
}

/** Median time between rows, ms. */
const periodOf = (rows: readonly Row[]): number =>
  quantileOf(
    rows.slice(1).map(({ atMs }, i) => atMs - (rows[i] as Row).atMs),
    0.5,
  ) || 1000;
