// `millwright-models eval nab`: the report of evaluateNab in words and as rows.
import { evaluateNab, type NabReport, type ScoredSeries } from "./evaluate-nab.ts";
import type { Evaluation } from "./evaluation.ts";

export const nabEvaluation: Evaluation = {
  summary: "NAB: single registers, official scorer; whatever of data/ is named in labels/combined_windows.json is judged",
  async run({ data, onProgress }) {
    const { report, scored } = evaluateNab(data, onProgress);
    return {
      report,
      words: inWords(report),
      columns: ["file", "row", "timestamp", "score", "alarm"],
      rows: rowsOf(scored, report.threshold),
      isWhole: true,
    };
  },
};

function* rowsOf(scored: readonly ScoredSeries[], threshold: number): Generator<(string | number)[]> {
  for (const { file, rows, scores } of scored)
    for (const [row, { timestamp }] of rows.entries()) {
      const score = scores[row] as number;
      yield [file, row, timestamp, score, Number(score >= threshold)];
    }
}

function inWords(report: NabReport): string {
  const { series, windows, missing, rival_distance_from_mean: rival, rival_every_hundred_rows: hundred } = report;
  const found = series.reduce((sum, one) => sum + one.found, 0);
  const falseAlarms = series.reduce((sum, one) => sum + one.false_alarms, 0);
  return [
    `${series.length} series${missing.length > 0 ? ` (${missing.length} more are named in the labels)` : ""}, ${windows} windows`,
    `standard ${report.standard}   low false positives ${report.low_fp}   low misses ${report.low_fn}`,
    `threshold from the other folders: ${report.other_file_standard ?? "-"}   the box's own: ${report.fixed_standard}`,
    `at the best threshold (${report.threshold.toPrecision(3)}): ${found} windows found, ${falseAlarms} false alarms`,
    `rivals: distance from the mean ${rival.standard} / ${rival.low_fp} / ${rival.low_fn}, from the other folders ${rival.other_file_standard ?? "-"};`,
    `  an alarm every hundred rows ${hundred.standard} / ${hundred.low_fp} / ${hundred.low_fn}`,
    "",
  ].join("\n");
}
