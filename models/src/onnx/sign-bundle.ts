import { rm } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "@millwright/kit/durable-file";
import { type BundleFiles, readBundleFiles } from "./bundle-files.ts";
import { signatureFile, signatureText } from "./signature.ts";
import type { SigningKey } from "./signing-key.ts";

/** Signs whatever files the folder holds now; another signature is replaced. @throws Fault bundle_unreadable, bundle_changed (no flat folder of plain files) */
export async function signBundle(dir: string, key: SigningKey): Promise<BundleFiles> {
  const file = join(dir, signatureFile);
  await rm(file, { force: true });
  const files = await readBundleFiles(dir);
  await writeDurably(file, signatureText(files, key), 0o644);
  return files;
}
