import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@millwright/kit/fault";

/** A bundle that is there may be what a machine runs on: nothing is written over it. @throws Fault output_exists */
export function newBundleFolder(dir: string): string {
  if (!existsSync(join(dir, "manifest.json"))) return dir;
  throw new Fault("output_exists", "config", `${dir} holds a bundle already, which may be in use; give another folder with --out`);
}
