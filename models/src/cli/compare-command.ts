import { type Command, exitCode, UsageError } from "@millwright/kit/command-line";
import { counted } from "@millwright/kit/counted";
import { Fault } from "@millwright/kit/fault";
import { fileOption } from "@millwright/kit/file-trouble";
import { type AgainstVerdicts, againstVerdicts } from "../evaluation/against-verdicts.ts";
import { type Comparison, compareBundles } from "../evaluation/compare-bundles.ts";
import { comparePrognoses } from "../evaluation/compare-prognoses.ts";
import { readHistory } from "../evaluation/read-history.ts";
import { readLives } from "../evaluation/read-lives.ts";
import { replayBundle } from "../evaluation/replay-bundle.ts";
import { replayPrognosis } from "../evaluation/replay-prognosis.ts";
import { type BundleFiles, readBundleFiles } from "../onnx/bundle-files.ts";
import { bundleOf } from "../onnx/read-bundle.ts";
import { isPrognosis, prognosisBundleOf } from "../onnx/read-prognosis-bundle.ts";
import { bundleFolder } from "./bundle-word.ts";
import { type Names, prognosesInWords } from "./prognoses-in-words.ts";
import { stretchInWords } from "./stretch-in-words.ts";
import { verdictsOption } from "./verdicts-option.ts";

export const compareCommand: Command = {
  summary:
    "Replays two bundles on one history. Detectors: alarms, tickets, agreement, scores. Prognoses: lives, risk, how far apart. Against the truth where the file has it.",
  words: "A B",
  options: {
    history: {
      type: "string",
      value: "FILE.csv",
      help: "rows of the machine: datetime, then a column per point; label: anomaly. Prognoses: from its first cycle on; columns unit (several machines) and remaining (cycles left, where known)",
    },
    verdicts: {
      type: "string",
      value: "FILE.jsonl",
      help: "of detectors: what technicians found on their tickets: millwright-gateway verdicts --json --machine NAME",
    },
  },
  examples: [
    "models/live models/candidate --history last-month.csv --verdicts p-101-verdicts.jsonl",
    "models/turbofan models/turbofan-2 --history run-to-failure.csv",
  ],
  async run({ values, words, isJson }) {
    const [a, b] = words;
    if (a === undefined || b === undefined || words.length > 2) throw new UsageError("name two directories that hold a bundle each");
    const file = fileOption(values, "history");
    const [one, other] = [await readBundleFiles(bundleFolder(a)), await readBundleFiles(bundleFolder(b))];
    if (isPrognosis(one) !== isPrognosis(other)) {
      const [prognosis, detector] = isPrognosis(one) ? [a, b] : [b, a];
      const why = `${detector} scores rows, ${prognosis} forecasts remaining life: there is nothing both say. Name two detectors or two prognoses`;
      throw new Fault("not_comparable", "config", why);
    }
    const stretches = verdictsOption(values);
    if (isPrognosis(one) && stretches !== null)
      throw new UsageError("--verdicts judges tickets, and a prognosis opens none: leave it out, or name two detectors");
    const compared = isPrognosis(one) ? prognoses([a, one], [b, other], file) : detectors([a, one], [b, other], { file, stretches });
    const { names, comparison, words: text } = await compared;
    process.stdout.write(isJson ? `${JSON.stringify({ names, ...comparison })}\n` : text);
    return exitCode.ok;
  },
};

type Named = readonly [dir: string, files: BundleFiles];
type Compared = { names: Names; comparison: object; words: string };

type Judging = { file: string; stretches: ReturnType<typeof verdictsOption> };

async function detectors(a: Named, b: Named, { file, stretches }: Judging): Promise<Compared> {
  const history = readHistory(file);
  const [one, other] = [bundleOf(a[1], a[0]), bundleOf(b[1], b[0])];
  const [rowsOfOne, rowsOfOther] = [await replayBundle(one, history), await replayBundle(other, history)];
  const comparison = compareBundles(rowsOfOne, rowsOfOther, history.labels);
  const against = stretches === null ? null : againstVerdicts(rowsOfOne, rowsOfOther, stretches);
  const names = { a: one.manifest.id, b: other.manifest.id };
  const words = `${inWords(comparison, called(a, b, names))}${against === null ? "" : verdictsInWords(against)}`;
  return { names, comparison: { ...comparison, against_verdicts: against }, words };
}

async function prognoses(a: Named, b: Named, file: string): Promise<Compared> {
  const lives = readLives(file);
  const [one, other] = [prognosisBundleOf(a[1], a[0]), prognosisBundleOf(b[1], b[0])];
  const comparison = comparePrognoses(
    { manifest: one.manifest, cycles: await replayPrognosis(one, lives) },
    { manifest: other.manifest, cycles: await replayPrognosis(other, lives) },
  );
  const names = { a: one.manifest.id, b: other.manifest.id };
  return { names, comparison, words: prognosesInWords(comparison, called(a, b, names)) };
}

// Two versions of one model have the same id: a person tells them apart by their folders.
const called = ([a]: Named, [b]: Named, ids: Names): Names => ({ a: `${a} (${ids.a})`, b: `${b} (${ids.b})` });

function inWords({ rows, agreement_percent, kappa, differ, ...sides }: Comparison, names: Names): string {
  const side = (name: "a" | "b"): string => {
    const { scored_rows, alarm_rows, tickets, score, against_labels: labels } = sides[name];
    const truth = labels === null ? "" : `   F1 ${labels.f1}, false alarms ${labels.far} %, missed ${labels.mar} %`;
    const first = tickets[0] === undefined ? "" : ` (first ${tickets[0].at}, row ${tickets[0].row})`;
    return `${name.toUpperCase()} ${names[name]}: ${counted(alarm_rows, "alarm row")} of ${scored_rows} scored, ${counted(tickets.length, "ticket")}${first}\n   score p50 ${score.p50}, p90 ${score.p90}, p99 ${score.p99}, max ${score.max}${truth}\n`;
  };
  const agreement =
    agreement_percent === null
      ? "no row was scored by both"
      : `they agree in ${agreement_percent} % of the rows (κ ${kappa ?? "undefined"})`;
  const lines = differ.map(({ alarm, ...stretch }) => `   ${stretchInWords(stretch)}: only ${alarm.toUpperCase()} alarms\n`);
  return `${counted(rows, "row")}\n${side("a")}${side("b")}${agreement}\n${lines.join("")}`;
}

function verdictsInWords({ faults, nothing, outside }: AgainstVerdicts): string {
  const of = ({ judged, a, b }: AgainstVerdicts["faults"]): string => `${judged}: a ticket by A in ${a}, by B in ${b}`;
  const left = outside === 0 ? "" : `\n   verdicts outside this history: ${outside}`;
  return `as technicians judged\n   stretches with a fault, ${of(faults)}\n   with nothing wrong, ${of(nothing)}${left}\n`;
}
