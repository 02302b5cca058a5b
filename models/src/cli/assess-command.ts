import { type Command, exitCode, numberOption, UsageError } from "@millwright/kit/command-line";
import { fileOption, namedFile } from "@millwright/kit/file-trouble";
import { formatIssue, readYamlFile } from "@millwright/kit/yaml-file";
import { type Assessment, assessMachine } from "../evaluation/assess-machine.ts";
import { AssessmentCosts } from "../evaluation/assessment-costs.ts";
import { readDataFile } from "../evaluation/data-file.ts";
import type { Interval } from "../evaluation/intervals.ts";
import { parseFailures } from "../evaluation/parse-failures.ts";
import { readHistory } from "../evaluation/read-history.ts";
import { learningSettings } from "../settings.ts";

export const assessCommand: Command = {
  summary: "Says, before anything is promised, how predictable a machine's failures look and what predicting them would save in a year.",
  words: "HISTORY.csv",
  options: {
    events: { type: "string", value: "FAILURES.csv", help: "the machine's failures: datetime;note" },
    costs: {
      type: "string",
      value: "costs.yaml",
      help: "what failures, planned repairs and false alarms cost; docs/operate/engineer.md has an example",
    },
    learn: {
      type: "string",
      value: "N",
      help: `rows after the start and after each failure that teach what is normal (default ${learningSettings.wantedRows})`,
    },
  },
  examples: ["p-101.csv --events p-101-failures.csv --costs costs.yaml"],
  async run({ values, words, isJson }) {
    const [file] = words;
    if (file === undefined || words.length > 1) throw new UsageError("name one history: datetime, then a column per point");
    const events = fileOption(values, "events");
    const costs = readYamlFile(fileOption(values, "costs"), AssessmentCosts);
    if (!costs.ok) {
      process.stderr.write(`${costs.issues.map(formatIssue).join("\n")}\n`);
      return exitCode.cannotStart;
    }
    const learnRows = numberOption(values, "learn", { min: learningSettings.minRows, max: 1e7, fallback: learningSettings.wantedRows });
    const assessment = await assessMachine(
      readHistory(namedFile(file, "Name the machine's history.")),
      parseFailures(readDataFile(events, "give the machine's failures with --events"), events),
      { costs: costs.value, learnRows },
    );
    process.stdout.write(isJson ? `${JSON.stringify(assessment)}\n` : inWords(assessment));
    return exitCode.ok;
  },
};

function inWords(assessment: Assessment): string {
  const { sentence, failures, in_time, in_time_by_chance, false_tickets_per_month, failures_per_year, judged_hours } = assessment;
  const lines = failures.map(({ at, note, lead_hours, outcome, reason }) => {
    const lead = lead_hours === null ? (reason ?? "") : `${lead_hours.toPrecision(3)} h before`;
    return `  ${at}  ${outcome.replaceAll("_", " ").padEnd(10)}  ${lead}  ${note}\n`;
  });
  return [
    `${sentence}\n`,
    ...lines,
    failures.every(({ outcome }) => outcome === "not_judged")
      ? "in time: no failure could be judged\n"
      : `in time ${range(in_time, 100)} % of the failures (by chance ${(100 * in_time_by_chance).toFixed(0)} %)\n`,
    `false tickets ${range(false_tickets_per_month, 1)} a month, in ${judged_hours.toPrecision(3)} judged hours\n`,
    `failures ${range(failures_per_year, 1)} a year\n`,
  ].join("");
}

/** With its 90 % interval. */
const range = ({ low, mid, high }: Interval, factor: number): string =>
  `${figure(factor * mid)} (${figure(factor * low)} to ${figure(factor * high)})`;

const figure = (value: number): string => Number(value.toPrecision(3)).toString();
