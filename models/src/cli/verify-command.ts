import { type Command, exitCode } from "@millwright/kit/command-line";
import { parsePublicKey } from "../onnx/signing-key.ts";
import { type BundleCheck, verifyBundle } from "../onnx/verify-bundle.ts";
import { bundleWord } from "./bundle-word.ts";
import { inLimitedProcess } from "./in-limited-process.ts";
import { knownKeys } from "./key-option.ts";

type Input = Parameters<Command["run"]>[0];

export const verifyCommand: Command = {
  summary:
    "Checks a bundle: signature over every file, manifest, hashes, allowed operators, shapes, golden vectors, time. An agent asks the same in a process of its own.",
  words: "DIR",
  options: {
    trust: {
      type: "string",
      multiple: true,
      value: "NAME=KEY",
      help: "only bundles signed by these public keys (or your own) pass; without it any right signature does, and it is said whether the key is known",
    },
  },
  examples: ["bundle/ --trust workshop=ed25519:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
  run: inLimitedProcess(verify, (input, why) => tell(input, false, [{ name: "graph", ok: false, detail: `model_too_slow: ${why}` }])),
};

async function verify(input: Input): Promise<number> {
  const { values, words } = input;
  const dir = bundleWord(words);
  const given = (Array.isArray(values["trust"]) ? values["trust"] : []).map(String);
  const known = knownKeys(given);
  for (const key of known.keys()) parsePublicKey(key);
  const { ok, checks } = await verifyBundle(dir, { keys: known, others: given.length === 0 ? "say" : "refuse" });
  return tell(input, ok, checks);
}

function tell({ isJson }: Input, ok: boolean, checks: readonly BundleCheck[]): number {
  const lines = checks.map((check) => `${check.ok ? "ok    " : "FAILED"}  ${check.name}: ${check.detail}\n`);
  process.stdout.write(isJson ? `${JSON.stringify({ ok, checks })}\n` : lines.join(""));
  return ok ? exitCode.ok : exitCode.failed;
}
