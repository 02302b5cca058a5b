import { type Command, exitCode, requiredOption, UsageError } from "@millwright/kit/command-line";
import { type AgainstVerdicts, againstVerdicts } from "../evaluation/against-verdicts.ts";
import { type Comparison, compareBundles } from "../evaluation/compare-bundles.ts";
import { readHistory } from "../evaluation/read-history.ts";
import { replayBundle } from "../evaluation/replay-bundle.ts";
import { readBundle } from "../onnx/read-bundle.ts";
import { verdictsOption } from "./verdicts-option.ts";

export const compareCommand: Command = {
  summary:
    "Replays two bundles on one history: alarms, tickets, agreement, scores, where they differ; against labels where the file has them.",
  words: "A B",
  options: {
    history: { type: "string", value: "FILE.csv", help: "rows of the machine: datetime, then a column per point; label: anomaly" },
    verdicts: {
      type: "string",
      value: "FILE.jsonl",
      help: "what technicians found on its tickets: millwright-gateway verdicts --json --machine NAME",
    },
  },
  examples: ["models/live models/candidate --history last-month.csv --verdicts p-101-verdicts.jsonl"],
  async run({ values, words, isJson }) {
    const [a, b] = words;
    if (a === undefined || b === undefined || words.length > 2) throw new UsageError("name two directories that hold a bundle each");
    const history = readHistory(requiredOption(values, "history"));
    const [one, other] = [await readBundle(a), await readBundle(b)];
    const stretches = verdictsOption(values);
    const [rowsOfOne, rowsOfOther] = [await replayBundle(one, history), await replayBundle(other, history)];
    const comparison = compareBundles(rowsOfOne, rowsOfOther, history.labels);
    const against = stretches === null ? null : againstVerdicts(rowsOfOne, rowsOfOther, stretches);
    const names = { a: one.manifest.id, b: other.manifest.id };
    process.stdout.write(
      isJson
        ? `${JSON.stringify({ names, ...comparison, against_verdicts: against })}\n`
        : `${inWords(comparison, names)}${against === null ? "" : verdictsInWords(against)}`,
    );
    return exitCode.ok;
  },
};

function inWords({ rows, agreement_percent, kappa, differ, ...sides }: Comparison, names: { a: string; b: string }): string {
  const side = (name: "a" | "b"): string => {
    const { scored_rows, alarm_rows, tickets, score, against_labels: labels } = sides[name];
    const truth = labels === null ? "" : `   F1 ${labels.f1}, false alarms ${labels.far} %, missed ${labels.mar} %`;
    const first = tickets[0] === undefined ? "" : ` (first ${tickets[0].at}, row ${tickets[0].row})`;
    return `${name.toUpperCase()} ${names[name]}: ${alarm_rows} alarm rows of ${scored_rows} scored, ${tickets.length} tickets${first}\n   score p50 ${score.p50}, p90 ${score.p90}, p99 ${score.p99}, max ${score.max}${truth}\n`;
  };
  const agreement =
    agreement_percent === null
      ? "no row was scored by both"
      : `they agree in ${agreement_percent} % of the rows (κ ${kappa ?? "undefined"})`;
  const lines = differ.map(
    ({ from_row, to_row, at, alarm }) => `   rows ${from_row}–${to_row} from ${at}: only ${alarm.toUpperCase()} alarms\n`,
  );
  return `${rows} rows\n${side("a")}${side("b")}${agreement}\n${lines.join("")}`;
}

function verdictsInWords({ faults, nothing, outside }: AgainstVerdicts): string {
  const of = ({ judged, a, b }: AgainstVerdicts["faults"]): string => `${judged}: a ticket by A in ${a}, by B in ${b}`;
  const left = outside === 0 ? "" : `\n   verdicts outside this history: ${outside}`;
  return `as technicians judged\n   stretches with a fault, ${of(faults)}\n   with nothing wrong, ${of(nothing)}${left}\n`;
}
