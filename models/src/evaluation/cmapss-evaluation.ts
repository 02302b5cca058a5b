// `millwright-models eval cmapss`: the report of evaluateCmapss in words and as rows.
import { type CmapssReport, evaluateCmapss } from "./evaluate-cmapss.ts";
import type { Evaluation } from "./evaluation.ts";

export const cmapssEvaluation: Evaluation = {
  summary:
    "Turbofans (C-MAPSS): remaining life and P(fail within 30 cycles); test units where RUL_FD00x.txt is there, else cross-validated",
  async run({ data, onProgress }) {
    const { report, rows } = evaluateCmapss(data, onProgress);
    return {
      report,
      words: inWords(report),
      columns: ["set", "protocol", "unit", "cycle", "truth", "life", "low", "high", "p_fail_30"],
      rows: rows.map((row) => [row.set, row.protocol, row.unit, row.cycle, row.truth, row.life, row.low, row.high, row.pFail]),
      isWhole: true,
    };
  },
};

const inWords = (report: CmapssReport): string =>
  Object.entries(report)
    .map(([set, { cross_validated, ...test }]) => {
      const figures = cross_validated ?? test;
      return (
        `${set} ${cross_validated === null ? "test" : "cross-validated (no labels of the test units here)"}: ` +
        `RMSE capped ${figures.rmse_capped} (mean life: ${figures.rival_mean_life?.rmse_capped}), raw ${figures.rmse_raw}, score ${figures.score}, ` +
        `90 % interval holds ${figures.coverage_90} at width ${figures.mean_width}, P(fail < 30): skill ${figures.p_fail?.skill}, ECE ${figures.p_fail?.ece}\n`
      );
    })
    .join("");
