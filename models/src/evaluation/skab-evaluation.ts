// `millwright-models eval skab`: the report of evaluateSkab in words and as rows.
import { counted } from "@millwright/kit/counted";
import { evaluateSkab, type SkabReport, type SkabRow } from "./evaluate-skab.ts";
import type { Evaluation } from "./evaluation.ts";

export const skabEvaluation: Evaluation = {
  summary: "SKAB: detection and changepoints; whatever of valve1/ valve2/ other/ exists is judged, the first 400 rows of each file teach",
  async run({ data, onProgress }) {
    const { report, rows } = await evaluateSkab(data, onProgress);
    for (const { file, reason } of report.refused) onProgress(`${file}: not learned: ${reason}`);
    return {
      report,
      words: inWords(report),
      columns: ["file", "row", "truth", "alarm", "score", "changepoint"],
      rows: rows.map(asCells),
      isWhole: report.refused.length === 0,
    };
  },
};

const asCells = (row: SkabRow): (string | number)[] => [
  row.file,
  row.row,
  Number(row.truth),
  Number(row.alarm),
  row.score ?? "",
  Number(row.changepoint),
];

function inWords({ files, f1, far, mar, changepoint, rival_always_alarm_f1, rival_every_minute_changepoint: rival }: SkabReport): string {
  return [
    counted(files, "file"),
    `F1 ${f1} (always alarm: ${rival_always_alarm_f1})   false alarms ${far} % of normal rows   missed ${mar} % of anomalous rows`,
    `changepoints (NAB): standard ${changepoint.standard}   low false positives ${changepoint.low_fp}   low misses ${changepoint.low_fn}`,
    `  (one a minute, whatever happens: ${rival.standard} / ${rival.low_fp} / ${rival.low_fn})`,
    "",
  ].join("\n");
}
