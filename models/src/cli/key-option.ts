// --key FILE of every command that writes a bundle. Without it the user's own key signs, made on first use: a bundle is never left unsigned.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Option, Values } from "@millwright/kit/command-line";
import { writeDurably } from "@millwright/kit/durable-file";
import { messageOf } from "@millwright/kit/fault";
import { modelFault } from "../onnx/model-faults.ts";
import type { TrustedKeys } from "../onnx/read-signed-bundle.ts";
import { newSigningKey, readSigningKey, type SigningKey } from "../onnx/signing-key.ts";

export const keyOption = {
  key: { type: "string", value: "FILE", help: "private key that signs the bundle (default: your own, made on first use)" },
} as const satisfies Record<string, Option>;

/** Where the user's own key lies (XDG Base Directory Specification 0.8). */
export const ownKeyFile = (): string => join(process.env["XDG_CONFIG_HOME"] || join(homedir(), ".config"), "millwright", "signing-key.pem");

/** @throws Fault key_unusable */
export async function signingKey({ key }: Values): Promise<SigningKey> {
  if (typeof key === "string" && key !== "") return readSigningKey(key);
  const file = ownKeyFile();
  if (!existsSync(file)) {
    await writeDurably(file, newSigningKey()).catch((error: unknown) => {
      throw modelFault("key_unusable", `${file} cannot be made: ${messageOf(error)}; give a key with --key FILE`, error);
    });
    process.stderr.write(`${file}: your key, made now. Boxes take its bundles once its public key is in their trusted_keys:\n`);
    process.stderr.write(`  ${readSigningKey(file).publicKey}\n`);
  }
  return readSigningKey(file);
}

/** The user's own key, where there is one, and those given: `NAME=ed25519:…` or the key alone. */
export function knownKeys(given: readonly string[]): TrustedKeys {
  const own = existsSync(ownKeyFile()) ? [[readSigningKey(ownKeyFile()).publicKey, "your own key"] as const] : [];
  return new Map([...own, ...given.map(named)]);
}

function named(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, "known by --trust"] : [text.slice(at + 1), text.slice(0, at)];
}
