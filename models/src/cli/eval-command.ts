import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Command, exitCode, UsageError } from "@millwright/kit/command-line";
import { Fault, messageOf } from "@millwright/kit/fault";
import { folderOption } from "@millwright/kit/file-trouble";
import { evaluations } from "../evaluation/evaluations.ts";

const sets = Object.keys(evaluations).join(", ");

export const evalCommand: Command = {
  summary: "Measures the models on a public set, under the set's own protocol. Settings are fixed: nothing is tuned on the data given.",
  words: Object.keys(evaluations).join("|"),
  options: {
    data: {
      type: "string",
      value: "DIR",
      help: "directory in the set's layout; whatever files of it are there are judged; states needs none",
    },
    train: { type: "string", value: "DIR", help: "learn from this directory instead (hydraulic)" },
    rows: {
      type: "string",
      value: "FILE.csv",
      help: "write every single verdict or estimate, so that anyone can compute the figures again",
    },
  },
  async run({ values, words, isJson }) {
    const [set] = words;
    const evaluation = set === undefined || words.length > 1 ? undefined : evaluations[set];
    if (evaluation === undefined) throw new UsageError(`name one set; there are: ${sets}`);
    const {
      report,
      words: text,
      columns,
      rows,
      isWhole,
    } = await evaluation.run({
      data: evaluation.isSimulated === true ? "" : folderOption(values, "data"),
      train: values["train"] === undefined ? null : folderOption(values, "train"),
      onProgress: (line) => process.stderr.write(`${line}\n`),
    });
    if (typeof values["rows"] === "string") await writeRows(values["rows"], columns, rows);
    process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : text);
    return isWhole ? exitCode.ok : exitCode.failed;
  },
};

async function writeRows(file: string, columns: readonly string[], rows: Iterable<readonly (string | number)[]>): Promise<void> {
  try {
    await pipeline(Readable.from(lines(columns, rows)), createWriteStream(file));
  } catch (error) {
    throw new Fault("output_unwritable", "config", `${file} cannot be written: ${messageOf(error)}; give another file with --rows`, error);
  }
}

function* lines(columns: readonly string[], rows: Iterable<readonly (string | number)[]>): Generator<string> {
  yield `${columns.join(",")}\n`;
  for (const row of rows) yield `${row.join(",")}\n`;
}
