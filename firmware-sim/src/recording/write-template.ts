// A device template → a file that an agent finds below one of its template folders.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DeviceTemplate } from "@millwright/contract/device-template";
import { messageOf } from "@millwright/kit/fault";
import { stringify } from "yaml";
import { simFault } from "../faults.ts";

/** Writes `<folder>/<vendor>/<device>.yaml`. @returns its path. @throws Fault cannot_write */
export function writeTemplate(template: DeviceTemplate, folder: string): string {
  const file = join(folder, `${template.template}.yaml`);
  const points = Object.fromEntries(
    Object.entries(template.points).map(([name, { sentinels, ...point }]) => [
      name,
      sentinels.length > 0 ? { ...point, sentinels } : point,
    ]),
  );
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, stringify({ ...template, points }));
  } catch (error) {
    throw simFault("cannot_write", `${file} cannot be written: ${messageOf(error)}. Give --emit a folder that may be written.`, error);
  }
  return file;
}
