// The box's own key: it signs what this box has learned, and never leaves it. In: the data folder. Out: the key, made on first use.
// Baselines of an earlier version have no signature. They are signed once, when the box gets its first key: the version before ran them as they
// are, and learning again would take whatever the machine does that day for its normal. From then on an unsigned baseline is refused.
import { existsSync } from "node:fs";
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "@millwright/kit/durable-file";
import { messageOf } from "@millwright/kit/fault";
import { readBundle } from "@millwright/models/onnx/read-bundle";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import { signatureFile } from "@millwright/models/onnx/signature";
import { newSigningKey, readSigningKey, type SigningKey } from "@millwright/models/onnx/signing-key";

export type BoxKey = {
  readonly key: SigningKey;
  /** What happened, for an event; empty is normal. */
  readonly news: readonly string[];
};

/** @throws the file system's own error where the folder cannot be written */
export async function openBoxKey(dataDir: string): Promise<BoxKey> {
  const file = join(dataDir, "box-key.pem");
  const news: string[] = [];
  if (existsSync(file)) {
    try {
      return { key: readSigningKey(file), news };
    } catch (error) {
      const aside = `${file}.unusable-${Date.now()}`;
      await rename(file, aside);
      news.push(
        `The box's key could not be used and was moved to ${aside} (${messageOf(error)}); baselines signed with it must be learned again.`,
      );
    }
  }
  // The key gets its name when everything is signed: after a power cut in between, it goes on with the same one.
  const pending = `${file}.pending`;
  if (!existsSync(pending)) await writeDurably(pending, newSigningKey());
  const key = readSigningKey(pending);
  const signed = await signUnsigned(join(dataDir, "baselines"), key);
  await rename(pending, file);
  if (signed > 0) news.push(`${signed} baselines of an earlier version were signed with this box's new key.`);
  return { key, news };
}

// One that cannot be read stays unsigned, and is refused when it is opened.
async function signUnsigned(folder: string, key: SigningKey): Promise<number> {
  let signed = 0;
  for (const machine of await foldersIn(folder)) {
    for (const dir of await foldersIn(machine)) {
      if (existsSync(join(dir, signatureFile)) || !(await isBundle(dir))) continue;
      await signBundle(dir, key);
      signed += 1;
    }
  }
  return signed;
}

const isBundle = (dir: string): Promise<boolean> =>
  readBundle(dir).then(
    () => true,
    () => false,
  );

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}
