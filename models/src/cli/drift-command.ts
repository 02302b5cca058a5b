import { type Command, exitCode, requiredOption, UsageError } from "@millwright/kit/command-line";
import { falseAlarmShare, type SignalDrift } from "../decisions/drift.ts";
import { driftSummary } from "../decisions/drift-summary.ts";
import { historyDrift } from "../evaluation/history-drift.ts";
import { readHistory } from "../evaluation/read-history.ts";
import { replayBundle } from "../evaluation/replay-bundle.ts";
import { readBundle } from "../onnx/read-bundle.ts";

export const driftCommand: Command = {
  summary:
    "Says whether the signals of a history, and the score, are still distributed as in the rows a bundle learned from. Exit code 1: drifted.",
  words: "DIR",
  options: { history: { type: "string", value: "FILE.csv", help: "rows of the machine: datetime, then a column per point" } },
  examples: ["models/p-101 --history last-week.csv"],
  async run({ values, words, isJson }) {
    const [dir] = words;
    if (dir === undefined || words.length > 1) throw new UsageError("name one directory, the one that holds manifest.json");
    const bundle = await readBundle(dir);
    const signals = historyDrift(bundle.manifest, await replayBundle(bundle, readHistory(requiredOption(values, "history"))));
    const { verdict, sentence } = driftSummary(signals);
    const report = { id: bundle.manifest.id, verdict, sentence, false_alarm_share: falseAlarmShare, signals: signals.map(asJson) };
    process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : `${sentence}\n${signals.map(line).join("")}`);
    return verdict === "drifted" ? exitCode.failed : exitCode.ok;
  },
};

const asJson = ({ name, verdict, psi, psiByChance, ks, ksLimit, rows, effectiveRows }: SignalDrift) => ({
  name,
  verdict,
  psi: round(psi),
  psi_by_chance: round(psiByChance),
  ks: round(ks),
  ks_limit: round(ksLimit),
  rows,
  effective_rows: round(effectiveRows),
});

const line = ({ name, verdict, psi, ks, ksLimit, rows, effectiveRows }: SignalDrift): string =>
  `  ${name.padEnd(28)} ${verdict.replaceAll("_", " ").padEnd(13)} PSI ${psi.toFixed(2)}   KS ${ks.toFixed(2)} (limit ${ksLimit.toFixed(2)})   ${rows} rows, worth ${effectiveRows.toFixed(0)}\n`;

const round = (value: number): number => Number(value.toPrecision(4));
