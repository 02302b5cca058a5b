import { writeFileSync } from "node:fs";
import { type Command, exitCode, requiredOption, UsageError } from "@millwright/kit/command-line";
import { Fault, messageOf } from "@millwright/kit/fault";
import { evaluateSkab, type SkabReport, type SkabRow } from "../evaluation/evaluate-skab.ts";

export const evalCommand: Command = {
  summary: "Measures the detector on a public set, under the set's own protocol. Settings are fixed: nothing is tuned on the data given.",
  words: "skab",
  options: {
    data: { type: "string", value: "DIR", help: "directory in the set's layout; whatever of valve1/ valve2/ other/ exists is scored" },
    rows: { type: "string", value: "FILE.csv", help: "write every judged row: file,row,truth,alarm,score,changepoint" },
  },
  async run({ values, words, isJson }) {
    if (words.length !== 1 || words[0] !== "skab") throw new UsageError(`name one set; there is: skab`);
    const { report, rows } = await evaluateSkab(requiredOption(values, "data"), (file) => process.stderr.write(`${file}\n`));
    for (const { file, reason } of report.refused) process.stderr.write(`${file}: not learned: ${reason}\n`);
    if (typeof values["rows"] === "string") writeRows(values["rows"], rows);
    process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : inWords(report));
    return report.refused.length === 0 ? exitCode.ok : exitCode.failed;
  },
};

function writeRows(file: string, rows: readonly SkabRow[]): void {
  const lines = rows.map((row) =>
    [row.file, row.row, Number(row.truth), Number(row.alarm), row.score ?? "", Number(row.changepoint)].join(","),
  );
  try {
    writeFileSync(file, `file,row,truth,alarm,score,changepoint\n${lines.join("\n")}\n`);
  } catch (error) {
    throw new Fault("output_unwritable", "config", `${file} cannot be written: ${messageOf(error)}; give another file with --rows`, error);
  }
}

function inWords({ files, f1, far, mar, changepoint, rival_always_alarm_f1, rival_every_minute_changepoint: rival }: SkabReport): string {
  return [
    `${files} files`,
    `F1 ${f1} (always alarm: ${rival_always_alarm_f1})   false alarms ${far} % of normal rows   missed ${mar} % of anomalous rows`,
    `changepoints (NAB): standard ${changepoint.standard}   low false positives ${changepoint.low_fp}   low misses ${changepoint.low_fn}`,
    `  (one a minute, whatever happens: ${rival.standard} / ${rival.low_fp} / ${rival.low_fn})`,
    "",
  ].join("\n");
}
