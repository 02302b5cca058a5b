// `millwright-models eval explanations`: how often the explanation names the signal a fault was put into, first.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@millwright/kit/fault";
import { evaluateExplanations, type JudgedCase } from "./evaluate-explanations.ts";
import { type Evaluation, rounded } from "./evaluation.ts";
import { explanationProtocol } from "./explanation-cases.ts";
import { parseSkabFile } from "./parse-skab-file.ts";

/**
 * Counts of cases. Percents, null where there is nothing to divide by: `found_share` of the undisturbed cases that are found; `first` of the found
 * ones, whose guilty signal is named first; `asked_first` of all cases, when asked at a fixed row, alarm or not.
 */
type Figures = { cases: number; found: number; found_share: number | null; first: number | null; asked_first: number | null };

export const explanationsEvaluation: Evaluation = {
  summary: "steps and drifts of 4 spreads in one signal of skab/anomaly-free: is it the first signal of the explanation?",
  async run({ data, onProgress }) {
    const cases: (JudgedCase & { file: string })[] = [];
    for (const path of recordingsIn(data)) {
      const recording = parseSkabFile(readFileSync(path, "utf8"), path);
      const judged = await evaluateExplanations(recording, (start) => onProgress(`${path}: learning from row ${start}`));
      cases.push(...judged.map((one) => ({ ...one, file: path })));
    }
    if (cases.length === 0) {
      const { learnRows, quietRows, faultRows } = explanationProtocol;
      throw new Fault("data_missing", "data", `no recording in ${data} has the ${learnRows + quietRows + faultRows} rows a case takes`);
    }
    const report = reportOf(cases);
    return {
      report,
      words: `${JSON.stringify(report, null, 2)}\n`,
      columns: [
        "file",
        "kind",
        "signal",
        "sign",
        "start",
        "fault_at",
        "outcome",
        "ticket",
        "after_rows",
        "named",
        "second",
        "own",
        "latest",
        "asked",
        "furthest",
      ],
      rows: cases.map((one) => [
        one.file,
        one.kind,
        one.signal,
        one.sign,
        one.start,
        one.faultAt,
        one.outcome,
        Number(one.isTicket),
        one.afterRows ?? "",
        one.named ?? "",
        one.second ?? "",
        Number(one.isOwn),
        one.latest ?? "",
        one.asked ?? "",
        one.furthest ?? "",
      ]),
      isWhole: cases.every(({ outcome }) => outcome !== "refused"),
    };
  },
};

function reportOf(cases: readonly JudgedCase[]): Record<string, unknown> {
  const spoke = cases.filter(({ named, outcome }) => named !== null && (outcome === "found" || outcome === "disturbed"));
  const share = (isRight: (one: JudgedCase) => boolean): number | null => percentOf(spoke.filter(isRight).length, spoke.length);
  const of = (key: "kind" | "signal"): Record<string, Figures> =>
    Object.fromEntries([...Map.groupBy(cases, (one) => one[key])].map(([name, part]) => [name, figuresOf(part)]));
  return {
    set: "explanations",
    ...figuresOf(cases),
    /**
     * Cases in which the untouched recording alarms by itself, and what `first` would be with them. Then: as the ticket stands when the alarm ends;
     * and counting as right, too, the signal that the untouched recording's own alarm names.
     */
    disturbed: cases.filter(({ outcome }) => outcome === "disturbed").length,
    first_with_disturbed: share(({ named, signal }) => named === signal),
    first_two_with_disturbed: share(({ named, second, signal }) => named === signal || second === signal),
    latest_first_with_disturbed: share(({ latest, signal }) => latest === signal),
    first_or_own_with_disturbed: share(({ named, signal, isOwn }) => named === signal || isOwn),
    tickets: cases.filter(({ outcome, isTicket }) => outcome === "found" && isTicket).length,
    by: of("kind"),
    by_signal: of("signal"),
    rival_furthest_from_baseline_first: percentOf(
      foundOf(cases).filter((one) => one.furthest === one.signal).length,
      foundOf(cases).length,
    ),
  };
}

const foundOf = (cases: readonly JudgedCase[]): JudgedCase[] => cases.filter(({ outcome }) => outcome === "found");

function figuresOf(cases: readonly JudgedCase[]): Figures {
  const found = foundOf(cases);
  const undisturbed = cases.filter(({ outcome }) => outcome !== "disturbed");
  return {
    cases: cases.length,
    found: found.length,
    found_share: percentOf(found.length, undisturbed.length),
    asked_first: percentOf(cases.filter(({ asked, signal }) => asked === signal).length, cases.length),
    first: percentOf(found.filter(({ named, signal }) => named === signal).length, found.length),
  };
}

const percentOf = (part: number, whole: number): number | null => (whole === 0 ? null : rounded((100 * part) / whole, 1));

/** `DIR/anomaly-free/*.csv`, or DIR/*.csv where DIR is that folder itself. @throws Fault data_missing */
function recordingsIn(dir: string): string[] {
  const inner = join(dir, "anomaly-free");
  const folder = existsSync(inner) ? inner : dir;
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".csv")) : [];
  if (files.length === 0)
    throw new Fault("data_missing", "config", `${dir} holds no anomaly-free/ with .csv files; give the directory that does with --data`);
  return files.sort().map((name) => join(folder, name));
}
