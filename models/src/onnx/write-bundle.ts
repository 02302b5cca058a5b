import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bundle } from "./build-bundle.ts";
import type { PrognosisBundle } from "./build-prognosis-bundle.ts";

/** Writes the four files, the manifest last: a directory without one is no bundle. @throws the file system's own error */
export async function writeBundle(dir: string, { manifest, model, card, golden }: Bundle | PrognosisBundle): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "model.onnx"), model);
  await writeFile(join(dir, "card.md"), card);
  await writeFile(join(dir, "golden.csv"), golden);
  await writeFile(join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}
