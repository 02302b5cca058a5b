// Where the bundles of self-learned baselines lie: <data_dir>/baselines/<site>_<machine>/<generation>/, and of a machine with states
// <data_dir>/baselines/<site>_<machine>/<state>/<generation>/.
import { join } from "node:path";
import type { MachineRef } from "@millwright/contract/names";

/** One folder per machine (and state); `/` of a site becomes `_`, and a name's own `_` is doubled, so that no two machines share a folder. */
export function baselineFolder(dataDir: string, { site, name }: MachineRef, generation: number, state: string | null = null): string {
  const flat = (text: string): string => text.replaceAll("_", "__").replaceAll("/", "_");
  return join(dataDir, "baselines", `${flat(site)}_-_${flat(name)}`, state ?? "", String(generation));
}

/** Id of a baseline's bundle: small letters, digits, `_`, `.`, `-`. */
export function baselineId({ site, name }: MachineRef, generation: number, state: string | null = null): string {
  return `${site}.${name}.${generation}${state === null ? "" : `.${state}`}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]/g, "-")
    .slice(-128)
    .replace(/^[^a-z0-9]+/, "");
}
