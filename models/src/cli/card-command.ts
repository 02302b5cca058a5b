import { join } from "node:path";
import { type Command, exitCode } from "@millwright/kit/command-line";
import { writeDurably } from "@millwright/kit/durable-file";
import type { Bundle } from "../onnx/build-bundle.ts";
import type { PrognosisBundle } from "../onnx/build-prognosis-bundle.ts";
import { readBundleFiles } from "../onnx/bundle-files.ts";
import { modelCard } from "../onnx/model-card.ts";
import { prognosisCard } from "../onnx/prognosis-card.ts";
import { bundleOf } from "../onnx/read-bundle.ts";
import { isPrognosis, prognosisBundleOf } from "../onnx/read-prognosis-bundle.ts";
import { signBundle } from "../onnx/sign-bundle.ts";
import { bundleWord } from "./bundle-word.ts";
import { keyOption, signingKey } from "./key-option.ts";

export const cardCommand: Command = {
  summary:
    "Prints a model's card, made anew from its manifest: purpose, signals, training data, protocol and figures, limits, who may rely on it.",
  words: "DIR",
  options: { write: { type: "boolean", help: "write it to card.md, and sign the bundle again" }, ...keyOption },
  async run({ values, words, isJson }) {
    const dir = bundleWord(words);
    const files = await readBundleFiles(dir);
    const { id, card, written } = isPrognosis(files) ? ofPrognosis(prognosisBundleOf(files, dir)) : ofDetector(bundleOf(files, dir));
    if (values["write"] === true) {
      const key = await signingKey(values);
      await writeDurably(join(dir, "card.md"), card, 0o644);
      await signBundle(dir, key);
    } else if (card !== written) process.stderr.write(`${join(dir, "card.md")} says something else; --write replaces it\n`);
    process.stdout.write(isJson ? `${JSON.stringify({ id, card })}\n` : card);
    return exitCode.ok;
  },
};

type Card = { readonly id: string; readonly card: string; readonly written: string };

const ofPrognosis = ({ manifest, card }: PrognosisBundle): Card => ({ id: manifest.id, card: prognosisCard(manifest), written: card });
const ofDetector = ({ manifest, card }: Bundle): Card => ({ id: manifest.id, card: modelCard(manifest), written: card });
