import { type Command, exitCode, numberOption, UsageError, type Values } from "@millwright/kit/command-line";
import { Fault } from "@millwright/kit/fault";
import { fileOption } from "@millwright/kit/file-trouble";
import { unitText } from "@millwright/kit/unit-text";
import { explain } from "../decisions/explain.ts";
import { explainedRows } from "../evaluation/explained-rows.ts";
import { parseTimeMs, timeExample } from "../evaluation/parse-time.ts";
import { readHistory } from "../evaluation/read-history.ts";
import { type ReplayedRow, replayBundle } from "../evaluation/replay-bundle.ts";
import { readBundleFiles } from "../onnx/bundle-files.ts";
import { bundleOf } from "../onnx/read-bundle.ts";
import { isPrognosis, prognosisBundleOf } from "../onnx/read-prognosis-bundle.ts";
import { bundleWord } from "./bundle-word.ts";
import { forecastReport } from "./forecast-report.ts";

export const explainCommand: Command = {
  summary:
    "Says why a bundle gives a row of a history the score (of a prognosis: the remaining life and the probability of failure) it gives: signals, from baseline to now, and the sentence.",
  words: "DIR",
  options: {
    history: {
      type: "string",
      value: "FILE.csv",
      help: "rows of the machine: datetime, then a column per point; a prognosis: from its first cycle on",
    },
    row: { type: "string", value: "N", help: "row of the file, counted from 0 below its header" },
    at: { type: "string", value: "TIME", help: "instead of --row: the last row at or before this time (2020-03-09 10:14:33, or …T…Z)" },
  },
  examples: ["models/p-101 --history last-week.csv --at 2026-11-20T06:00:00Z"],
  async run({ values, words, isJson }) {
    const dir = bundleWord(words);
    const files = await readBundleFiles(dir);
    const file = fileOption(values, "history");
    if (isPrognosis(files)) {
      const recording = readHistory(file);
      const chosen = chosenRow(
        values,
        recording.rows.map(({ atMs }, row) => ({ row, atMs })),
        file,
      );
      const { report, words } = await forecastReport(prognosisBundleOf(files, dir), recording, { row: chosen.row, file });
      process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : words);
      return exitCode.ok;
    }
    const bundle = bundleOf(files, dir);
    const rows = await replayBundle(bundle, readHistory(file));
    const chosen = chosenRow(values, rows, file);
    if (chosen.score === null)
      throw new Fault(
        "no_score",
        "data",
        `${file}:${chosen.row + 2}:1: the row has no score (a gap before it, or too few good values); choose another`,
      );
    const evidence = explainedRows(rows.slice(0, chosen.row + 1));
    const { signals, sentence } = explain({ manifest: bundle.manifest, ...evidence, level: chosen.level, top: 8 });
    const report = {
      row: chosen.row,
      at: new Date(chosen.atMs).toISOString(),
      score: chosen.score,
      level: chosen.level,
      rows: evidence.rows.length,
      signals,
      sentence,
    };
    const lines = signals.map(
      ({ point, unit, baseline, now, contribution }) =>
        `  ${point.padEnd(28)} ${figure(baseline)} → ${figure(now)} ${unitText(unit)}   ${Math.round(100 * contribution)} %\n`,
    );
    const head = `row ${report.row}, ${report.at}: ${report.level}, score ${chosen.score.toFixed(2)}\n${sentence}\n`;
    process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : `${head}${lines.join("")}`);
    return exitCode.ok;
  },
};

function chosenRow<R extends Pick<ReplayedRow, "row" | "atMs">>(values: Values, rows: readonly R[], file: string): R {
  if ((values["row"] === undefined) === (values["at"] === undefined)) throw new UsageError("give either --row N or --at TIME");
  if (values["row"] !== undefined) {
    const row = numberOption(values, "row", { min: 0, max: rows.length - 1, fallback: 0 });
    if (!Number.isInteger(row)) throw new UsageError("--row must be a whole number");
    return rows[row] as R;
  }
  const atMs = parseTimeMs(String(values["at"]));
  if (Number.isNaN(atMs)) throw new UsageError(`--at must be a time like ${timeExample}, not "${String(values["at"])}"`);
  const found = rows.findLast((row) => row.atMs <= atMs);
  if (found === undefined) throw new Fault("no_score", "data", `${file}: its first row is later than ${String(values["at"])}`);
  return found;
}

const figure = (value: number | null): string => (value === null ? "?" : Number(value.toPrecision(4)).toString());
