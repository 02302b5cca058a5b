// The nightly report on one machine's prognosis bundle: whether the machine is like those it learned from. Pure. It speaks of the model, never of the
// machine's health. One report a machine: what is said of its baseline and of its prognosis is told together.
import type { NamedDrift } from "./forecast-keeper.ts";
import type { ModelReport } from "./model-report.ts";

export function prognosisReport({ id, drift }: NamedDrift): ModelReport {
  const { verdict, sentence, isStrange, signals, cycles, unknown } = drift.report();
  const of = (kind: string): number => signals.filter((signal) => signal.verdict === kind).length;
  // Strange operating conditions count as one signal more: a cause that goes further is asked about again.
  const figures = {
    ...{ cycles, unknown_condition_cycles: unknown },
    ...{ drifted: of("drifted") + Number(isStrange), moving: of("moving"), too_few_rows: of("too_few_rows") },
  };
  const isDrifted = verdict === "drifted";
  const proposal = isDrifted
    ? " A prognosis that was trained on machines like this one is proposed; learning on the box mends nothing."
    : "";
  return { text: `Prognosis ${id}: ${sentence}${proposal}`, causes: isDrifted ? ["drift"] : [], figures };
}

/** What is told of the machine's models in one: texts one after the other, every cause once, counts of signals together. */
export function oneReport(...given: readonly (ModelReport | null)[]): ModelReport {
  const reports = given.filter((one) => one !== null);
  const figures: Record<string, number> = {};
  for (const report of reports) for (const [name, figure] of Object.entries(report.figures)) figures[name] = (figures[name] ?? 0) + figure;
  const causes = [...new Set(reports.flatMap((one) => one.causes))];
  return { text: reports.map(({ text }) => text).join(" "), causes, figures };
}
