import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { type Command, exitCode } from "@millwright/kit/command-line";
import { counted } from "@millwright/kit/counted";
import { fileOption } from "@millwright/kit/file-trouble";
import { falseAlarmShare, type SignalDrift } from "../decisions/drift.ts";
import { driftSummary } from "../decisions/drift-summary.ts";
import { historyDrift } from "../evaluation/history-drift.ts";
import { livesDrift } from "../evaluation/lives-drift.ts";
import { readHistory } from "../evaluation/read-history.ts";
import { readLives } from "../evaluation/read-lives.ts";
import { replayBundle } from "../evaluation/replay-bundle.ts";
import { readBundleFiles } from "../onnx/bundle-files.ts";
import { bundleOf } from "../onnx/read-bundle.ts";
import { isPrognosis, prognosisBundleOf } from "../onnx/read-prognosis-bundle.ts";
import { bundleWord } from "./bundle-word.ts";

export const driftCommand: Command = {
  summary:
    "Says whether the signals of a history (and the score; of a prognosis: of machines' first cycles, per operating condition) are still distributed as in the rows a bundle learned from. Exit code 1: drifted.",
  words: "DIR",
  options: {
    history: {
      type: "string",
      value: "FILE.csv",
      help: "rows of the machine: datetime, then a column per point; a prognosis: from its first cycle on, with a column unit for several machines",
    },
  },
  examples: ["models/p-101 --history last-week.csv", "models/turbofan --history new-engines.csv"],
  async run({ values, words, isJson }) {
    const dir = bundleWord(words);
    const files = await readBundleFiles(dir);
    const file = fileOption(values, "history");
    const { signals, text, ...report } = isPrognosis(files)
      ? ofPrognosis(prognosisBundleOf(files, dir).manifest, file)
      : await ofDetector(bundleOf(files, dir), file);
    const { verdict, sentence } = report;
    const json = { ...report, false_alarm_share: falseAlarmShare, signals: signals.map(asJson) };
    process.stdout.write(isJson ? `${JSON.stringify(json)}\n` : `${sentence}\n${text}${signals.map(line).join("")}`);
    return verdict === "drifted" ? exitCode.failed : exitCode.ok;
  },
};

async function ofDetector(bundle: ReturnType<typeof bundleOf>, file: string) {
  const signals: readonly Signal[] = historyDrift(bundle.manifest, await replayBundle(bundle, readHistory(file)));
  const { verdict, sentence } = driftSummary(signals);
  return { id: bundle.manifest.id, verdict, sentence, signals, text: "" };
}

function ofPrognosis(manifest: PrognosisManifest, file: string) {
  const lives = readLives(file);
  const { verdict, sentence, signals, cycles, unknown } = livesDrift(manifest, lives);
  const { settings, conditions } = manifest.features;
  const young = manifest.reference?.young_cycles ?? 0;
  const strange = `${round((100 * unknown) / Math.max(1, cycles))} % of ${counted(cycles, "cycle")} run in no operating condition that was learned.`;
  const where = conditions.conditions.map(({ centre }, c) => ({
    condition: c + 1,
    settings: Object.fromEntries(settings.map((name, s) => [name, centre[s]])),
  }));
  const named = where.map((one) => `  condition ${one.condition}: ${JSON.stringify(one.settings)}\n`);
  return {
    id: manifest.id,
    verdict,
    sentence,
    units: lives.length,
    young_cycles: young,
    cycles,
    unknown_condition_cycles: unknown,
    conditions: where,
    signals: signals as readonly Signal[],
    text: `${lives.length === 1 ? "One machine" : `${lives.length} machines`}; signals of the first ${counted(young, "cycle")} of each. ${strange}\n${where.length === 1 ? "" : named.join("")}`,
  };
}

type Signal = SignalDrift & { readonly condition?: number };

const asJson = ({ name, condition, verdict, psi, psiByChance, ks, ksLimit, rows, effectiveRows }: Signal) => ({
  name,
  ...(condition === undefined ? {} : { condition }),
  verdict,
  psi: round(psi),
  psi_by_chance: round(psiByChance),
  ks: round(ks),
  ks_limit: round(ksLimit),
  rows,
  effective_rows: round(effectiveRows),
});

const line = ({ name, verdict, psi, ks, ksLimit, rows, effectiveRows }: SignalDrift): string =>
  `  ${name.padEnd(28)} ${verdict.replaceAll("_", " ").padEnd(13)} PSI ${psi.toFixed(2)}   KS ${ks.toFixed(2)} (limit ${ksLimit.toFixed(2)})   ${counted(rows, "row")}, worth ${effectiveRows.toFixed(0)}\n`;

const round = (value: number): number => Number(value.toPrecision(4));
