// `explain` of a prognosis: what the graph forecasts of one cycle of a unit, and what each signal adds to it. In: the unit's rows from its first cycle on.
import { counted } from "@millwright/kit/counted";
import { Fault } from "@millwright/kit/fault";
import type { Recording } from "../evaluation/parse-skab-file.ts";
import { type ConditionRow, conditionOf } from "../features/operating-conditions.ts";
import type { PrognosisBundle } from "../onnx/build-prognosis-bundle.ts";
import { openPrognosis } from "../onnx/prognosis-session.ts";
import { readPrognosisTrees } from "../onnx/read-prognosis-trees.ts";
import { explainForecast } from "../prognosis/explain-forecast.ts";
import { unitFeatures } from "../prognosis/learn-prognosis.ts";
import { sigmoid } from "../prognosis/tree-ensemble.ts";

/** `expected`, `age` and the signals' contributions are those of explain-forecast.ts. */
export type ForecastReport = {
  readonly row: number;
  readonly at: string;
  readonly cycle: number;
  readonly life: { readonly low: number; readonly middle: number; readonly high: number; readonly expected: number; readonly age: number };
  readonly fails: readonly { readonly within_cycles: number; readonly p: number; readonly expected: number; readonly age: number }[];
  readonly signals: readonly Signal[];
};
type Where = { readonly row: number; readonly file: string };
type Signal = {
  readonly point: string;
  readonly usual: number;
  readonly now: number;
  readonly life: number;
  readonly fails: readonly number[];
};

/** Signals named in words; the report has all of them. */
const namedSignals = 8;

/** @returns the report (a JSON document) and the same in words @throws Fault history_mismatch, no_score, model_not_ours, session_failed */
export async function forecastReport(
  { manifest, model }: PrognosisBundle,
  recording: Recording,
  where: Where,
): Promise<{ report: ForecastReport; words: string }> {
  const { features, horizons_cycles: horizons } = manifest;
  const rows = conditionRows(features, recording, where);
  const row = unitFeatures(rows, features).at(-1) as Float32Array;
  const trees = readPrognosisTrees(model, { columns: features.columns, horizons });
  if (trees === null)
    throw new Fault(
      "model_not_ours",
      "config",
      `${manifest.id}: its graph is not one this version writes, so its trees cannot be asked; train it again`,
    );
  const [low, middle, high, ...chances] = await forecastOf(model, row, horizons.length);
  const reasons = explainForecast({ trees, features, row });
  const now = rows.at(-1) as ConditionRow;
  const condition = conditionOf(now.settings, features.conditions);
  const signals = reasons.life.signals
    .map(({ point, contribution }, i): Signal => {
      const at = features.live[i] as number;
      const fails = reasons.fails.map((reason) => reason.signals[i]?.contribution ?? 0);
      return { point, usual: condition?.mean[at] ?? 0, now: now.values[at] as number, life: contribution, fails };
    })
    .sort((a, b) => Math.abs(b.life) - Math.abs(a.life) || (a.point < b.point ? -1 : 1));
  const report: ForecastReport = {
    row: where.row,
    at: new Date(recording.rows[where.row]?.atMs ?? 0).toISOString(),
    cycle: rows.length,
    life: { low, middle, high, expected: reasons.life.expected, age: reasons.life.age },
    fails: reasons.fails.map(({ withinCycles, expected, age }, i) => ({
      within_cycles: withinCycles,
      p: chances[i] as number,
      expected,
      age,
    })),
    signals,
  };
  return { report, words: inWords(report) };
}

async function forecastOf(model: Uint8Array, row: Float32Array, horizons: number): Promise<[number, number, number, ...number[]]> {
  const scorer = await openPrognosis(model, { features: row.length, horizons });
  try {
    return (await scorer.forecast(row, 1))[0] as [number, number, number, ...number[]];
  } finally {
    await scorer.close();
  }
}

function inWords({ row, at, cycle, life, fails, signals }: ForecastReport): string {
  const chances = fails.map(
    ({ within_cycles, p, expected }) => `within ${counted(within_cycles, "cycle")} ${percent(p)} (usual: ${percent(sigmoid(expected))})`,
  );
  const head = `row ${row}, ${at}, cycle ${cycle}: ${cycles(life.middle)} more cycles (${cycles(life.low)} to ${cycles(life.high)}); failure ${chances.join(", ")}\n`;
  const lines = signals
    .slice(0, namedSignals)
    .map(
      ({ point, usual, now, life, fails }) =>
        `  ${point.padEnd(28)} ${figure(usual)} → ${figure(now)}   ${signed(life)} cycles, log odds ${fails.map(signed).join(", ")}\n`,
    );
  const rest = signals.slice(namedSignals).reduce((sum, { life }) => sum + life, 0);
  return `${head}against ${cycles(life.expected)} cycles of the usual row it learned from: age ${signed(life.age)}, these signals (usual value in this condition → now), others ${signed(rest)}\n${lines.join("")}`;
}

/** Settings and points by name, up to the row asked for. */
function conditionRows(
  { settings, points }: PrognosisBundle["manifest"]["features"],
  recording: Recording,
  { row, file }: Where,
): ConditionRow[] {
  const columns = recording.points.map(({ name }) => name);
  const places = (names: readonly string[]): number[] => names.map((name) => columns.indexOf(name));
  const missing = [...settings, ...points].find((name) => !columns.includes(name));
  if (missing !== undefined)
    throw new Fault("history_mismatch", "config", `${file} has no column for ${missing}; it has ${columns.join(", ")}`);
  const [settingsAt, pointsAt] = [places(settings), places(points)];
  return recording.rows.slice(0, row + 1).map(({ values }, i) => {
    const pick = (at: readonly number[]): number[] => at.map((column) => values[column] as number);
    const picked = { settings: pick(settingsAt), values: pick(pointsAt) };
    if ([...picked.settings, ...picked.values].every(Number.isFinite)) return picked;
    throw new Fault("no_score", "data", `${file}:${i + 2}:1: a prognosis needs every value of every cycle; fill the row or leave it out`);
  });
}

const cycles = (value: number): string => String(Math.round(value));
const percent = (p: number): string => `${Math.round(1000 * p) / 10} %`;
const figure = (value: number): string => Number(value.toPrecision(4)).toString();
const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
