import { readFileSync } from "node:fs";
import { type ModelImport, ModelImport as ModelImportSchema } from "@millwright/contract/model-import";
import type { FeatureSchema } from "@millwright/contract/model-manifest";
import { type Command, exitCode, numberOption, requiredOption, UsageError } from "@millwright/kit/command-line";
import { counted } from "@millwright/kit/counted";
import { Fault } from "@millwright/kit/fault";
import { fileOption, namedFile } from "@millwright/kit/file-trouble";
import { type FileIssue, readYamlFile } from "@millwright/kit/yaml-file";
import { readDataFile } from "../evaluation/data-file.ts";
import { importBundle } from "../onnx/import-bundle.ts";
import { importedSchema } from "../onnx/imported-manifest.ts";
import { modelFault } from "../onnx/model-faults.ts";
import { signBundle } from "../onnx/sign-bundle.ts";
import { writeBundle } from "../onnx/write-bundle.ts";
import { parseGoldenRows } from "./golden-rows.ts";
import { inLimitedProcess } from "./in-limited-process.ts";
import { keyOption, signingKey } from "./key-option.ts";
import { newBundleFolder } from "./new-bundle-folder.ts";

export const importCommand: Command = {
  summary:
    "Wraps an ONNX graph from elsewhere (scikit-learn, PyTorch) as a signed bundle: vets it, runs it for its golden vectors, writes its card.",
  words: "MODEL.onnx",
  options: {
    manifest: { type: "string", value: "FILE", help: "YAML or JSON: id, purpose, points and columns; docs/specs/models.md has an example" },
    out: { type: "string", value: "DIR", help: "directory to write the bundle to" },
    golden: {
      type: "string",
      value: "FILE.csv",
      help: "feature rows for the golden vectors, with `score` first where its maker's scores must be met (default: 32 seeded rows)",
    },
    seed: { type: "string", value: "N", help: "of the seeded rows (default 1)" },
    ...keyOption,
    "created-at": { type: "string", value: "TIME", help: "ISO time for the manifest (default: now)" },
  },
  examples: ["autoencoder.onnx --manifest autoencoder.yaml --out bundle/ --key workshop-key.pem"],
  run: inLimitedProcess(wrap, (_, why) => {
    throw modelFault("model_too_slow", why);
  }),
};

async function wrap({ values, words, isJson }: Parameters<Command["run"]>[0]): Promise<number> {
  const [file] = words;
  if (file === undefined || words.length > 1) throw new UsageError("name one ONNX file");
  const out = newBundleFolder(requiredOption(values, "out"));
  const { part, features } = readPart(fileOption(values, "manifest"));
  const model = new Uint8Array(readFileSync(namedFile(file, "Name the ONNX file to import.")));
  const golden = values["golden"] === undefined ? null : fileOption(values, "golden");
  const rows = golden === null ? null : parseGoldenRows(readDataFile(golden), golden, features);
  const createdAt = typeof values["created-at"] === "string" ? values["created-at"] : new Date().toISOString();
  const seed = numberOption(values, "seed", { min: 0, max: 2 ** 31, fallback: 1 });
  const key = await signingKey(values);
  const bundle = await importBundle({ model, part, features, rows, createdAt, seed });
  await writeBundle(out, bundle);
  await signBundle(out, key);
  const { id, model_sha256 } = bundle.manifest;
  process.stdout.write(
    isJson
      ? `${JSON.stringify({ id, model_sha256, out, columns: features.columns.length })}\n`
      : `${out}: ${id}, ${counted(features.columns.length, "column")}, ${model_sha256}\n`,
  );
  return exitCode.ok;
}

function readPart(file: string): { part: ModelImport; features: FeatureSchema } {
  const yaml = readYamlFile(file, ModelImportSchema);
  if (!yaml.ok) throw wrong(yaml.issues);
  const part = yaml.value;
  const found = importedSchema(part);
  if (found.ok) return { part, features: found.schema };
  const { index, name, why } = found.unknown;
  throw wrong([yaml.locate(["columns", index], `"${name}" is no feature here: ${why}`)]);
}

const wrong = (issues: readonly FileIssue[]): Fault => {
  const lines = issues.map(({ file, line, column, message }) => `${file}:${line ?? 1}:${column ?? 1}: ${message}`);
  return new Fault("import_invalid", "config", lines.join("\n"));
};
