// A bundle of kind "prognosis-trees" from the files of its folder: schema and hashes, as bundleOf does for detectors.
import { parsePrognosisManifest } from "@millwright/contract/prognosis-manifest";
import type { PrognosisBundle } from "./build-prognosis-bundle.ts";
import type { BundleFiles } from "./bundle-files.ts";
import { canonicalJson, sha256 } from "./hashes.ts";
import { modelFault } from "./model-faults.ts";
import { partsOf } from "./read-bundle.ts";

/** Whether the manifest calls itself a prognosis; whether it is a right one, `prognosisBundleOf` says. */
export function isPrognosis(files: BundleFiles): boolean {
  const json = jsonOf(files);
  return typeof json === "object" && json !== null && "kind" in json && json.kind === "prognosis-trees";
}

/** @throws Fault bundle_unreadable, manifest_invalid, model_hash */
export function prognosisBundleOf(files: BundleFiles, dir: string): PrognosisBundle {
  const result = parsePrognosisManifest(jsonOf(files));
  if (!result.ok) throw modelFault("manifest_invalid", `${dir}: manifest.json: ${result.issue}`);
  const { manifest } = result;
  return { manifest, ...partsOf(files, dir, manifest, sha256(canonicalJson(manifest.features))) };
}

function jsonOf(files: BundleFiles): unknown {
  try {
    return JSON.parse(files.get("manifest.json")?.toString("utf8") ?? "null");
  } catch {
    return null;
  }
}
