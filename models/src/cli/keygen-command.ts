import { writeFile } from "node:fs/promises";
import { type Command, exitCode, requiredOption } from "@millwright/kit/command-line";
import { messageOf } from "@millwright/kit/fault";
import { modelFault } from "../onnx/model-faults.ts";
import { keyId, newSigningKey, readSigningKey } from "../onnx/signing-key.ts";

export const keygenCommand: Command = {
  summary: "Makes a key that signs bundles (ed25519), readable by you alone, and prints its public part for the agents' trusted_keys.",
  options: { out: { type: "string", value: "FILE", help: "file for the private key; never written over" } },
  examples: ["--out workshop-key.pem"],
  async run({ values, isJson }) {
    const file = requiredOption(values, "out");
    await writeFile(file, newSigningKey(), { mode: 0o600, flag: "wx" }).catch((error: unknown) => {
      throw modelFault("key_unusable", `${file} cannot be made: ${messageOf(error)}`, error);
    });
    const { publicKey } = readSigningKey(file);
    process.stdout.write(
      isJson
        ? `${JSON.stringify({ file, public_key: publicKey, key_id: keyId(publicKey) })}\n`
        : `${file}: key ${keyId(publicKey)}\n${publicKey}\n`,
    );
    return exitCode.ok;
  },
};
