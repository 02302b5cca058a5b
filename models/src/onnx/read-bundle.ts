import { type ModelManifest, parseModelManifest } from "@millwright/contract/model-manifest";
import { messageOf } from "@millwright/kit/fault";
import type { Bundle } from "./build-bundle.ts";
import { type BundleFiles, readBundleFiles } from "./bundle-files.ts";
import { featureSchemaHash, sha256 } from "./hashes.ts";
import { modelFault } from "./model-faults.ts";

/**
 * Reads a bundle and checks its schema and hashes, but not who signed it (`readSignedBundle` does); the graph is vetted when a scorer opens it.
 * @throws Fault bundle_unreadable, bundle_changed, manifest_invalid, model_hash
 */
export async function readBundle(dir: string): Promise<Bundle> {
  return bundleOf(await readBundleFiles(dir), dir);
}

/** @throws Fault bundle_unreadable, manifest_invalid, model_hash */
export function bundleOf(files: BundleFiles, dir: string): Bundle {
  const manifest = parseManifest(fileOf(files, dir, "manifest.json").toString("utf8"), dir);
  return { manifest, ...partsOf(files, dir, manifest, featureSchemaHash(manifest.features)) };
}

type Hashes = { readonly model_sha256: string; readonly golden_sha256: string; readonly feature_schema_sha256: string };

/** What lies beside the manifest of any kind. @param features hash of the manifest's features @throws Fault bundle_unreadable, model_hash */
export function partsOf(
  files: BundleFiles,
  dir: string,
  hashes: Hashes,
  features: string,
): { model: Uint8Array; golden: string; card: string } {
  const [model, golden, card] = ["model.onnx", "golden.csv", "card.md"].map((name) => fileOf(files, dir, name)) as [Buffer, Buffer, Buffer];
  expectHash(`${dir}/model.onnx`, sha256(model), hashes.model_sha256);
  expectHash(`${dir}/golden.csv`, sha256(golden), hashes.golden_sha256);
  expectHash(`the features of ${dir}/manifest.json`, features, hashes.feature_schema_sha256);
  return { model: new Uint8Array(model), golden: golden.toString("utf8"), card: card.toString("utf8") };
}

/** @throws Fault manifest_invalid */
function parseManifest(text: string, where: string): ModelManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw modelFault("manifest_invalid", `${where}: manifest.json is not JSON: ${messageOf(error)}`, error);
  }
  const result = parseModelManifest(json);
  if (result.ok) return result.manifest;
  throw modelFault("manifest_invalid", `${where}: manifest.json: ${result.issue}`);
}

function fileOf(files: BundleFiles, dir: string, name: string): Buffer {
  const bytes = files.get(name);
  if (bytes === undefined) throw modelFault("bundle_unreadable", `${dir}/${name} is missing`);
  return bytes;
}

function expectHash(what: string, found: string, named: string): void {
  if (found !== named)
    throw modelFault("model_hash", `${what} has the hash ${found.slice(0, 12)}…, the manifest names ${named.slice(0, 12)}…`);
}
