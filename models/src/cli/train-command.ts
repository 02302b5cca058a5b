import { basename } from "node:path";
import { MachineClass } from "@millwright/contract/names";
import { type Command, exitCode, numberOption, requiredOption, UsageError } from "@millwright/kit/command-line";
import { counted } from "@millwright/kit/counted";
import { Fault } from "@millwright/kit/fault";
import { folderOption, namedFile } from "@millwright/kit/file-trouble";
import { type Detector, learnDetector } from "../detectors/learn-detector.ts";
import { readDataFile } from "../evaluation/data-file.ts";
import { parseSkabFile } from "../evaluation/parse-skab-file.ts";
import { isIn, type JudgedStretch } from "../evaluation/parse-verdicts.ts";
import { searchNotes, trySettings, withLimitFactor } from "../evaluation/try-settings.ts";
import type { Row } from "../features/row.ts";
import { buildBundle } from "../onnx/build-bundle.ts";
import { trainingDataHash } from "../onnx/hashes.ts";
import { signBundle } from "../onnx/sign-bundle.ts";
import { writeBundle } from "../onnx/write-bundle.ts";
import { keyOption, signingKey } from "./key-option.ts";
import { newBundleFolder } from "./new-bundle-folder.ts";
import { trainCmapss } from "./train-cmapss.ts";
import { verdictsOption } from "./verdicts-option.ts";

export const trainCommand: Command = {
  summary: "Learns a detector from healthy rows of one machine and writes a bundle. The same data give the same model.",
  words: "FILE.csv|cmapss",
  options: {
    out: { type: "string", value: "DIR", help: "directory to write the bundle to" },
    data: { type: "string", value: "DIR", help: "a set to learn from: directory in its layout (cmapss)" },
    seed: { type: "string", value: "N", help: "seed of what is drawn at random (cmapss; default 1)" },
    id: { type: "string", value: "ID", help: "id of the model; by default the file's name" },
    class: { type: "string", value: "CLASS", help: `class of the machine: ${MachineClass.options.join(", ")} (default other)` },
    rows: { type: "string", value: "N", help: "learn from the first N rows (default: all of them)" },
    verdicts: {
      type: "string",
      value: "FILE.jsonl",
      help: "rows in which technicians found a fault teach nothing: millwright-gateway verdicts --json --machine NAME",
    },
    period: { type: "string", value: "MS", help: "time between two rows in ms (default 1000)" },
    ...keyOption,
    auto: {
      type: "boolean",
      help: "choose learning rows and limits from a small declared grid by a fixed protocol, and write down what was tried",
    },
    "created-at": { type: "string", value: "TIME", help: "ISO time for the manifest (default: now)" },
  },
  async run({ values, words, isJson }) {
    const [file] = words;
    if (file === undefined || words.length > 1)
      throw new UsageError("name one semicolon-separated file: datetime, then a column per point");
    const out = newBundleFolder(requiredOption(values, "out"));
    const createdAt = textOption(values["created-at"], new Date().toISOString());
    const key = await signingKey(values);
    if (file === "cmapss") {
      const seed = numberOption(values, "seed", { min: 0, max: 2 ** 31, fallback: 1 });
      const trained = await trainCmapss({ data: folderOption(values, "data"), out, seed, createdAt, key });
      process.stdout.write(isJson ? `${JSON.stringify(trained)}\n` : `${out}: ${trained.hash}\n`);
      return exitCode.ok;
    }
    const { points, rows: all } = parseSkabFile(readDataFile(namedFile(file, "Name the file to learn from.")), file);
    const { rows, notes } = withoutFaults(all, verdictsOption(values));
    const healthy = rows.slice(0, numberOption(values, "rows", { min: 1, max: 1e7, fallback: rows.length }));
    const periodMs = numberOption(values, "period", { min: 1, max: 1e9, fallback: 1000 });
    const learned =
      values["auto"] === true
        ? learnChosen({ points, periodMs, rows: healthy }, file)
        : learnGiven({ points, periodMs, rows: healthy }, file);
    const bundle = buildBundle({
      ...learned,
      notes: [...notes, ...learned.notes],
      id: textOption(values["id"], basename(file, ".csv").toLowerCase()),
      version: 1,
      createdAt,
      machineClass: machineClass(textOption(values["class"], "other")),
      trainingDataSha256: trainingDataHash(healthy),
    });
    await writeBundle(out, bundle);
    await signBundle(out, key);
    for (const note of bundle.manifest.notes) process.stderr.write(`${note}\n`);
    const { id, model_sha256, rows: counts } = bundle.manifest;
    process.stdout.write(
      isJson
        ? `${JSON.stringify({ id, model_sha256, out, rows: counts, notes: bundle.manifest.notes })}\n`
        : `${out}: ${id}, ${counted(counts.learned, "row")}, ${model_sha256}\n`,
    );
    return exitCode.ok;
  },
};

/** A fault is never learned; what was judged to be nothing is normal, and stays. */
function withoutFaults(all: readonly Row[], stretches: readonly JudgedStretch[] | null): { rows: readonly Row[]; notes: string[] } {
  const faults = stretches?.filter(({ isFault }) => isFault) ?? [];
  const rows = all.filter(({ atMs }) => !faults.some((fault) => isIn(fault, atMs)));
  if (stretches === null) return { rows, notes: [] };
  return {
    rows,
    notes: [
      `${counted(all.length - rows.length, "row was", "rows were")} left out: technicians found a fault there (tickets with a fault: ${faults.length})`,
    ],
  };
}

type Healthy = Parameters<typeof learnDetector>[0];
type Learned = { detector: Detector; notes: string[] };

function learnGiven(healthy: Healthy, file: string): Learned {
  const learned = learnDetector(healthy);
  if (!learned.ok) throw new Fault(learned.code, "data", `${file}: ${learned.reason}`);
  return learned;
}

function learnChosen(healthy: Healthy, file: string): Learned {
  const search = trySettings(healthy);
  if (!search.ok) throw new Fault("too_few_rows", "data", `${file}: ${search.reason}`);
  const { rows, limitFactor } = search.chosen;
  const from = rows === "all" ? 0 : Math.floor(healthy.rows.length / 2);
  const { detector, notes } = learnGiven({ ...healthy, rows: healthy.rows.slice(from) }, file);
  return { detector: withLimitFactor(detector, limitFactor), notes: [...notes, ...searchNotes(search)] };
}

const textOption = (value: unknown, fallback: string): string => (typeof value === "string" && value !== "" ? value : fallback);

function machineClass(text: string): MachineClass {
  const found = MachineClass.options.find((option) => option === text);
  if (found === undefined) throw new UsageError(`--class must be one of ${MachineClass.options.join(", ")}, not "${text}"`);
  return found;
}
