// Where an agent's data is and how much room there is, also for those who look at it while its configuration has mistakes.
import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { readYamlFile } from "@millwright/kit/yaml-file";
import * as v from "valibot";
import { salvageConfig } from "../config/salvage-config.ts";

/** The data_dir of a configuration that may have mistakes, absolute; null where they leave open which one is meant. */
export function dataFolderOf(file: string): string | null {
  const yaml = readYamlFile(file, v.unknown());
  const { dataDir } = salvageConfig(yaml.ok ? yaml.value : null);
  return !yaml.ok || dataDir === null ? null : resolve(dirname(resolve(file)), dataDir);
}

/** Bytes free for this user on the disk of a folder; null where it is not there, or cannot be looked at. */
export function freeBytesOf(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
