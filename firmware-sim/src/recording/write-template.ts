// A device template → a file that an agent finds below one of its template folders.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RegisterTemplate } from "@millwright/contract/register-template";
import { messageOf } from "@millwright/kit/fault";
import { stringify } from "yaml";
import { simFault } from "../faults.ts";

/** Writes `<folder>/<vendor>/<device>.yaml`. @returns its path. @throws Fault cannot_write */
export function writeTemplate(template: RegisterTemplate, folder: string): string {
  const file = join(folder, `${template.template}.yaml`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, stringify(fileForm(template)));
  } catch (error) {
    throw simFault("cannot_write", `${file} cannot be written: ${messageOf(error)}. Give --emit a folder that may be written.`, error);
  }
  return file;
}

/** What a person would write: nothing that is empty, or the default of a device nobody knows anything special of. */
export function fileForm({
  forbidden: _,
  atomic: _a,
  pause: _p,
  pipeline: _n,
  identify: _i,
  golden: _g,
  ...template
}: RegisterTemplate): unknown {
  const points = Object.fromEntries(
    Object.entries(template.points).map(([name, { sentinels, ...point }]) => [
      name,
      sentinels.length > 0 ? { ...point, sentinels } : point,
    ]),
  );
  return { ...template, points };
}
