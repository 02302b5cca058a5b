import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ConfigReport, Path } from "./config-report.ts";

/** Resolves a path of the file to an absolute one; takes what is wrong. */
export type FolderLook = { readonly pathOf: (path: string) => string; readonly report: ConfigReport };

/** The folder of a bundle as the file names it → its absolute path; reports where it holds none, or an unsigned one. */
export function bundleFolder(model: string, hint: string, path: Path, { pathOf, report }: FolderLook): string {
  const dir = pathOf(model);
  if (!existsSync(dir)) report.error(path, `"${model}" does not exist. ${hint}`);
  else if (!existsSync(join(dir, "manifest.json"))) report.error(path, `"${model}" has no manifest.json in it. ${hint}`);
  else if (!existsSync(join(dir, "signature.json")))
    report.warn(
      path,
      `"${model}" is not signed, so it will be refused. Run: millwright-models sign ${model} --key FILE, and add that key to trusted_keys.`,
    );
  return dir;
}
