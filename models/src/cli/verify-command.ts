import { type Command, exitCode, UsageError } from "@millwright/kit/command-line";
import { verifyBundle } from "../onnx/verify-bundle.ts";

export const verifyCommand: Command = {
  summary: "Checks a bundle: manifest, hashes, allowed operators, shapes, golden vectors.",
  words: "DIR",
  options: {},
  async run({ words, isJson }) {
    const [dir] = words;
    if (dir === undefined || words.length > 1) throw new UsageError("name one directory, the one that holds manifest.json");
    const { ok, checks } = await verifyBundle(dir);
    const lines = checks.map((check) => `${check.ok ? "ok    " : "FAILED"}  ${check.name}: ${check.detail}\n`);
    process.stdout.write(isJson ? `${JSON.stringify({ ok, checks })}\n` : lines.join(""));
    return ok ? exitCode.ok : exitCode.failed;
  },
};
