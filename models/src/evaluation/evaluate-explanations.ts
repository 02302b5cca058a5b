// Whether an explanation names the signal that was changed: every case through the code the box runs, judged with the past only.
// Explained is the ticket, or the last alarm row where no ticket came. The untouched recording is run beside it: where that one alarms by itself up
// to the explained row, the recording has something of its own to say, and the case counts as disturbed and not as found.
// Whatever is alarmed, the same question is put once more at a fixed row after the fault, over the rows before it: what is named then counts for every case.
import { decisionStep, initialDecision } from "../decisions/decision-step.ts";
import { explain, type ScoredRow } from "../decisions/explain.ts";
import { type Detector, learnDetector } from "../detectors/learn-detector.ts";
import { MachineStream } from "../features/machine-stream.ts";
import type { Row } from "../features/row.ts";
import { openScorer, type Scorer } from "../onnx/session.ts";
import { writeGraph } from "../onnx/write-graph.ts";
import { thresholdSettings } from "../settings.ts";
import { type ExplanationCase, explanationCases, explanationProtocol, rowsOfCase } from "./explanation-cases.ts";
import type { Recording } from "./parse-skab-file.ts";

export type JudgedCase = ExplanationCase & {
  readonly outcome: "found" | "missed" | "disturbed" | "refused";
  /** Whether a ticket was explained, or an alarm without one. */
  readonly isTicket: boolean;
  /** Rows from the fault to what was explained. */
  readonly afterRows: number | null;
  /** What the explanation names first; and the signal that lies furthest from its baseline in its own spreads: the simple rival. */
  readonly named: string | null;
  readonly furthest: string | null;
  /** What it names second; and first, when asked at a fixed row, alarm or not. */
  readonly second: string | null;
  readonly asked: string | null;
};

type Names = { readonly named: string; readonly second: string; readonly furthest: string };
type Explained = Names & { readonly at: number; readonly isTicket: boolean };
type Run = { readonly explained: Explained | null; readonly firstAlarm: number; readonly asked: string | null };

const explainedRows = 30;

export async function evaluateExplanations(recording: Recording, onStart: (start: number) => void = () => {}): Promise<JudgedCase[]> {
  const judged: JudgedCase[] = [];
  const byStart = Map.groupBy(explanationCases(recording), ({ start }) => start);
  for (const [start, cases] of byStart) {
    onStart(start);
    const learning = recording.rows.slice(start, start + explanationProtocol.learnRows);
    const learned = learnDetector({ points: recording.points, periodMs: 1000, rows: learning });
    if (!learned.ok) {
      const nothing = {
        outcome: "refused",
        isTicket: false,
        afterRows: null,
        named: null,
        furthest: null,
        second: null,
        asked: null,
      } as const;
      judged.push(...cases.map((one): JudgedCase => ({ ...one, ...nothing })));
      continue;
    }
    const { detector } = learned;
    const scorer = await openScorer(writeGraph(detector.weights), { features: detector.features.columns.length });
    const after = start + explanationProtocol.learnRows;
    const untouched = recording.rows.slice(after, after + explanationProtocol.quietRows + explanationProtocol.faultRows);
    const judge = (rows: readonly Row[], askedAfter: number) => run({ detector, scorer, learning, rows, askedAfter });
    const twin = await judge(untouched, explanationProtocol.askedAfter.step);
    for (const one of cases) {
      const { judged: rows } = rowsOfCase(recording, one);
      judged.push(verdictOf(one, await judge(rows, explanationProtocol.askedAfter[one.kind]), twin));
    }
    await scorer.close();
  }
  return judged;
}

function verdictOf(one: ExplanationCase, { explained, asked }: Run, twin: Run): JudgedCase {
  const until = explained?.at ?? Number.POSITIVE_INFINITY;
  const outcome = twin.firstAlarm <= until && Number.isFinite(twin.firstAlarm) ? "disturbed" : explained === null ? "missed" : "found";
  return {
    ...one,
    outcome,
    isTicket: explained?.isTicket ?? false,
    afterRows: explained === null ? null : explained.at - explanationProtocol.quietRows,
    named: explained?.named ?? null,
    furthest: explained?.furthest ?? null,
    second: explained?.second ?? null,
    asked,
  };
}

/** The first ticket with the fault in it, or the last alarm row; the first alarm row of all; and the answer `askedAfter` rows after the fault. */
async function run({
  detector,
  scorer,
  learning,
  rows,
  askedAfter,
}: {
  detector: Detector;
  scorer: Scorer;
  learning: readonly Row[];
  rows: readonly Row[];
  askedAfter: number;
}): Promise<Run> {
  const stream = new MachineStream({ schema: detector.features, stillness: detector.stillness });
  stream.prime(learning);
  let decision = initialDecision;
  let isHeld = false;
  let lastRows: ScoredRow[] = [];
  let alarmRows = 0;
  let explained: Explained | null = null;
  let asked: string | null = null;
  let firstAlarm = Number.POSITIVE_INFINITY;
  for (const [at, row] of rows.entries()) {
    const { features } = stream.push({ ...row, isHeld });
    const scored = features === null ? null : await scorer.score(features, 1);
    const { state, output } = decisionStep(decision, { kind: "score", score: scored?.score[0] ?? null }, thresholdSettings);
    decision = state;
    isHeld = output.hold;
    if (scored !== null) lastRows = [...lastRows, { values: row.values, contribution: scored.contribution }].slice(-explainedRows);
    alarmRows = output.alarm ? alarmRows + Number(scored !== null) : 0;
    if (output.alarm && !Number.isFinite(firstAlarm)) firstAlarm = at;
    if (at === explanationProtocol.quietRows + askedAfter) asked = namesOf(detector, lastRows).named;
    if (at < explanationProtocol.quietRows || alarmRows === 0 || explained?.isTicket === true) continue;
    explained = { at, isTicket: output.ticket, ...namesOf(detector, lastRows.slice(-alarmRows)) };
  }
  return { explained, firstAlarm, asked };
}

function namesOf(detector: Detector, rows: readonly ScoredRow[]): Names {
  const { signals } = explain({ manifest: detector, rows, level: "warning", top: detector.features.points.length });
  const farness = ({ point, now }: { point: string; now: number | null }): number => {
    const { mean = 0, spread = 1 } = detector.baseline.find((known) => known.point === point) ?? {};
    return Math.abs((now ?? mean) - mean) / (spread || 1);
  };
  const [furthest] = signals.toSorted((a, b) => farness(b) - farness(a));
  return { named: signals[0]?.point ?? "", second: signals[1]?.point ?? "", furthest: furthest?.point ?? "" };
}
