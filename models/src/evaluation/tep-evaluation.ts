// `millwright-models eval tep`: d00 teaches, rows 1–480 of d00_te set the limits, the fault of every other _te file begins after row 160.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@millwright/kit/fault";
import { decisionStep, initialDecision } from "../decisions/decision-step.ts";
import { scoredOf } from "../detectors/distances-of.ts";
import { type Detector, learnDetector } from "../detectors/learn-detector.ts";
import { withBudgetLimits } from "../detectors/with-budget-limits.ts";
import { MachineStream } from "../features/machine-stream.ts";
import { thresholdSettings } from "../settings.ts";
import { readDataFile } from "./data-file.ts";
import { type Evaluation, rounded } from "./evaluation.ts";
import { parseNumberTable } from "./parse-number-table.ts";

const periodMs = 180_000;
const points = Array.from({ length: 52 }, (_, p) => ({ name: p < 41 ? `xmeas_${p + 1}` : `xmv_${p - 40}`, unit: "" }));
/** Share of the rows that set the limits which may lie above them. */
const budget = 0.005;
const limitRows = 480;
const healthyRows = 160;
/** Faults that leave next to nothing in the data; by custom they are not in the mean. */
const silentFaults = [3, 9, 15];

/** Alarms are raised and cleared as on the box, but raised only above this score, for few rows set the limits; the stream is held while one stands. */
const raiseAbove = 1.2;
const thresholds = { ...thresholdSettings, watch: raiseAbove };

type Step = { readonly features: Float32Array | null; readonly score: number; readonly isAlarm: boolean };

export const tepEvaluation: Evaluation = {
  summary: "Tennessee Eastman: d00 teaches, rows 1–480 of d00_te set the limits; every dNN_te of faults 1–21 that is there is judged",
  async run({ data, onProgress }) {
    const learned = learnDetector({ points, periodMs, rows: asRows(transposed(read(data, "d00.dat"))) });
    if (!learned.ok) throw new Fault("recording_malformed", "data", `${join(data, "d00.dat")}: not learned: ${learned.reason}`);
    const normal = read(data, "d00_te.dat");
    const later = judge(learned.detector, normal.slice(0, limitRows)).flatMap(({ features }) => (features === null ? [] : [features]));
    const detector = { ...learned.detector, weights: withBudgetLimits(learned.detector.weights, later, budget) };
    const files = [0, ...faultsIn(data)].map((fault) => {
      onProgress(`d${two(fault)}_te.dat`);
      return { fault, steps: judge(detector, fault === 0 ? normal : read(data, `d${two(fault)}_te.dat`)) };
    });
    const faulty = files.filter(({ fault }) => fault > 0);
    const detections = faulty.map(({ fault, steps }) => ({ fault, percent: alarmed(steps.slice(healthyRows)) }));
    const counted = detections.filter(({ fault }) => !silentFaults.includes(fault));
    const report = {
      set: "tep",
      faults: Object.fromEntries(detections.map(({ fault, percent }) => [fault, rounded(percent, 2)])),
      detection: mean(counted.map(({ percent }) => percent)),
      detection_with_3_9_15: mean(detections.map(({ percent }) => percent)),
      false_alarm: rounded(alarmed(files[0]?.steps.slice(limitRows) ?? []), 2),
      false_alarm_prefault: mean(faulty.map(({ steps }) => alarmed(steps.slice(0, healthyRows)))),
      rival_always_alarm: { detection: 100, false_alarm: 100 },
    };
    return {
      report,
      words: `faults ${JSON.stringify(report.faults)}\ndetection ${report.detection} %   false alarms ${report.false_alarm} %   before the fault ${report.false_alarm_prefault} %   (always alarm: 100 / 100 / 100)\n`,
      columns: ["fault", "row", "truth", "alarm", "score"],
      rows: files.flatMap(({ fault, steps }) =>
        steps.map(({ score, isAlarm }, i) => [fault, i + 1, Number(fault > 0 && i >= healthyRows), Number(isAlarm), rounded(score, 5)]),
      ),
      isWhole: true,
    };
  },
};

/** Nothing is held back between files: every file is a stream of its own. Without a score the last one stands (0 while the stream warms up), as the level of a machine does. */
function judge({ features: schema, stillness, weights }: Detector, table: readonly Float64Array[]): Step[] {
  const stream = new MachineStream({ schema, stillness });
  let decision = decisionStep(initialDecision, { kind: "score", score: null }, thresholds);
  let score = 0;
  return asRows(table).map((row) => {
    const { features } = stream.push({ ...row, hold: decision.output.alarm ? "involved" : "leaders" });
    const scored = features === null ? null : scoredOf(features, weights);
    if (scored !== null) {
      score = scored.score;
      stream.attribute({ score, contribution: scored.parts });
    }
    decision = decisionStep(decision.state, { kind: "score", score }, thresholds);
    return { features, score, isAlarm: decision.output.alarm };
  });
}

const asRows = (table: readonly Float64Array[]) => table.map((values, i) => ({ atMs: periodMs * i, values }));
const alarmed = (steps: readonly Step[]): number => (100 * steps.filter(({ isAlarm }) => isAlarm).length) / Math.max(1, steps.length);
const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : rounded(values.reduce((sum, value) => sum + value, 0) / values.length, 2);
const two = (fault: number): string => String(fault).padStart(2, "0");

/** d00.dat is transposed: 52 rows of 500. */
function transposed(table: readonly Float64Array[]): Float64Array[] {
  if (table.length !== points.length) return [...table];
  return Array.from(table[0] ?? [], (_, row) => Float64Array.from(table, (line) => line[row] as number));
}

function faultsIn(dir: string): number[] {
  const names = readdirSync(dir);
  return Array.from({ length: 21 }, (_, i) => i + 1).filter((fault) => names.includes(`d${two(fault)}_te.dat`));
}

function read(dir: string, file: string): Float64Array[] {
  const path = join(dir, file);
  return parseNumberTable(readDataFile(path, "give the directory that holds it with --data"), path);
}
