import { type Command, exitCode } from "@millwright/kit/command-line";
import { counted } from "@millwright/kit/counted";
import { readBundleFiles } from "../onnx/bundle-files.ts";
import { bundleOf } from "../onnx/read-bundle.ts";
import { isPrognosis, prognosisBundleOf } from "../onnx/read-prognosis-bundle.ts";
import { signBundle } from "../onnx/sign-bundle.ts";
import { keyId } from "../onnx/signing-key.ts";
import { bundleWord } from "./bundle-word.ts";
import { keyOption, signingKey } from "./key-option.ts";

export const signCommand: Command = {
  summary: "Signs a bundle: every file of its folder, as they are now. Whoever signs answers for it; look at its card first.",
  words: "DIR",
  options: keyOption,
  examples: ["bundle/ --key workshop-key.pem"],
  async run({ values, words, isJson }) {
    const dir = bundleWord(words);
    const read = await readBundleFiles(dir);
    if (isPrognosis(read)) prognosisBundleOf(read, dir);
    else bundleOf(read, dir);
    const key = await signingKey(values);
    const files = await signBundle(dir, key);
    const { publicKey } = key;
    process.stdout.write(
      isJson
        ? `${JSON.stringify({ dir, key_id: keyId(publicKey), public_key: publicKey, files: [...files.keys()] })}\n`
        : `${dir}: ${counted(files.size, "file")} signed by ${keyId(publicKey)}\n${publicKey}\n`,
    );
    return exitCode.ok;
  },
};
