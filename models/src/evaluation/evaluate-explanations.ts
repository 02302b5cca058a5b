// Whether an explanation names the signal that was changed: every case through the code the box runs, judged with the past only.
// Explained is the ticket, or the last alarm row where no ticket came. The untouched recording is run beside it: where that one alarms by itself up
// to the explained row, the recording has something of its own to say, and the case counts as disturbed and not as found.
// Beside it: what the same episode names in its last row of alarm, for a ticket follows its machine; and, alarm or not, what is named at a fixed row after the fault.
import { decisionStep, initialDecision, type Level } from "../decisions/decision-step.ts";
import { explain, type ScoredRow } from "../decisions/explain.ts";
import { type Detector, learnDetector } from "../detectors/learn-detector.ts";
import { MachineStream } from "../features/machine-stream.ts";
import type { Hold } from "../features/point-features.ts";
import type { Row } from "../features/row.ts";
import { openScorer, type Scorer } from "../onnx/session.ts";
import { writeGraph } from "../onnx/write-graph.ts";
import { thresholdSettings } from "../settings.ts";
import { explainedRows } from "./explained-rows.ts";
import { type ExplanationCase, explanationCases, explanationProtocol, rowsOfCase } from "./explanation-cases.ts";
import type { Recording } from "./parse-skab-file.ts";

export type JudgedCase = ExplanationCase & {
  readonly outcome: "found" | "missed" | "disturbed" | "refused";
  /** Whether a ticket was explained, or an alarm without one. */
  readonly isTicket: boolean;
  /** Rows from the fault to what was explained. */
  readonly afterRows: number | null;
  /** What the explanation names first, and second; and the signal that lies furthest from its baseline in its own spreads: the simple rival. */
  readonly named: string | null;
  readonly furthest: string | null;
  readonly second: string | null;
  /** Whether the untouched recording alarms by itself and had named the same first, up to then: it is out of its normal, too. */
  readonly isOwn: boolean;
  /** What is named first in the last row with an alarm; and at a fixed row, alarm or not. */
  readonly latest: string | null;
  readonly asked: string | null;
};

type Names = { readonly named: string; readonly second: string; readonly furthest: string };
type Explained = Names & { readonly at: number; readonly isTicket: boolean };
/** `alarms`: the rows with an alarm; `namedAt`: what is named first in a row. */
type Run = {
  readonly explained: Explained | null;
  readonly alarms: readonly number[];
  readonly namedAt: (at: number) => string;
  readonly asked: string;
};
type Told = ScoredRow & { readonly level: Level; readonly score: number | null };

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
        isOwn: false,
        latest: null,
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

function verdictOf(one: ExplanationCase, { explained, alarms, namedAt, asked }: Run, twin: Run): JudgedCase {
  const until = explained?.at ?? Number.POSITIVE_INFINITY;
  const own = twin.alarms.filter((at) => at <= until);
  return {
    ...one,
    outcome: own.length > 0 ? "disturbed" : explained === null ? "missed" : "found",
    isTicket: explained?.isTicket ?? false,
    afterRows: explained === null ? null : explained.at - explanationProtocol.quietRows,
    named: explained?.named ?? null,
    furthest: explained?.furthest ?? null,
    second: explained?.second ?? null,
    isOwn: own.some((at) => twin.namedAt(at) === explained?.named),
    latest: explained === null ? null : namedAt(alarms.at(-1) ?? explained.at),
    asked,
  };
}

/** The first ticket with the fault in it, or the last alarm row; every alarm row; and the answer `askedAfter` rows after the fault. */
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
  let hold: Hold = "leaders";
  const told = learning.map(({ values }): Told => ({ values, contribution: new Float32Array(), level: "normal", score: null }));
  let chosen: Pick<Explained, "at" | "isTicket"> | null = null;
  const alarms: number[] = [];
  for (const [at, row] of rows.entries()) {
    const { features } = stream.push({ ...row, hold });
    const scored = features === null ? null : await scorer.score(features, 1);
    const score = scored?.score[0] ?? null;
    if (scored !== null && score !== null) stream.attribute({ score, contribution: scored.contribution });
    const { state, output } = decisionStep(decision, { kind: "score", score }, thresholdSettings);
    decision = state;
    hold = output.hold;
    told.push({ values: row.values, contribution: scored?.contribution ?? new Float32Array(), level: output.level, score });
    if (!output.alarm || score === null) continue;
    alarms.push(at);
    if (at < explanationProtocol.quietRows || chosen?.isTicket === true) continue;
    chosen = { at, isTicket: output.ticket };
  }
  const namesAt = (at: number): Names => namesOf(detector, told.slice(0, learning.length + at + 1));
  const namedAt = (at: number): string => namesAt(at).named;
  const explained = chosen === null ? null : { ...chosen, ...namesAt(chosen.at) };
  return { explained, alarms, namedAt, asked: namedAt(explanationProtocol.quietRows + askedAfter) };
}

function namesOf(detector: Detector, told: readonly Told[]): Names {
  const { signals } = explain({ manifest: detector, ...explainedRows(told), level: "warning", top: detector.features.points.length });
  const farness = ({ point, now }: { point: string; now: number | null }): number => {
    const { mean = 0, spread = 1 } = detector.baseline.find((known) => known.point === point) ?? {};
    return Math.abs((now ?? mean) - mean) / (spread || 1);
  };
  const [furthest] = signals.toSorted((a, b) => farness(b) - farness(a));
  return { named: signals[0]?.point ?? "", second: signals[1]?.point ?? "", furthest: furthest?.point ?? "" };
}
