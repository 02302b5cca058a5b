import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "@millwright/kit/durable-file";
import type { Bundle } from "./build-bundle.ts";
import type { PrognosisBundle } from "./build-prognosis-bundle.ts";
import { signatureFile } from "./signature.ts";

/**
 * Writes the four files, the manifest last: a directory without one is no bundle. It is unsigned until `signBundle` has signed it.
 * @throws the file system's own error
 */
export async function writeBundle(dir: string, { manifest, model, card, golden }: Bundle | PrognosisBundle): Promise<void> {
  await rm(join(dir, signatureFile), { force: true });
  const write = (name: string, bytes: string | Uint8Array): Promise<void> => writeDurably(join(dir, name), bytes, 0o644);
  await write("model.onnx", model);
  await write("card.md", card);
  await write("golden.csv", golden);
  await write("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
}
