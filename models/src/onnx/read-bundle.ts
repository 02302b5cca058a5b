import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ModelManifest, parseModelManifest } from "@millwright/contract/model-manifest";
import { messageOf } from "@millwright/kit/fault";
import type { Bundle } from "./build-bundle.ts";
import { featureSchemaHash, sha256 } from "./hashes.ts";
import { modelFault } from "./model-faults.ts";

/** Reads a bundle and checks its schema and hashes; the graph is vetted when a scorer opens it. @throws Fault bundle_unreadable, manifest_invalid, model_hash */
export async function readBundle(dir: string): Promise<Bundle> {
  const manifest = parseManifest((await read(dir, "manifest.json")).toString("utf8"), dir);
  const [model, golden, card] = await Promise.all([read(dir, "model.onnx"), read(dir, "golden.csv"), read(dir, "card.md")]);
  expectHash(join(dir, "model.onnx"), sha256(model), manifest.model_sha256);
  expectHash(join(dir, "golden.csv"), sha256(golden), manifest.golden_sha256);
  expectHash(`the features of ${join(dir, "manifest.json")}`, featureSchemaHash(manifest.features), manifest.feature_schema_sha256);
  return { manifest, model: new Uint8Array(model), golden: golden.toString("utf8"), card: card.toString("utf8") };
}

/** @throws Fault manifest_invalid */
export function parseManifest(text: string, where: string): ModelManifest {
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

async function read(dir: string, file: string): Promise<Buffer> {
  try {
    return await readFile(join(dir, file));
  } catch (error) {
    throw modelFault("bundle_unreadable", `${join(dir, file)} cannot be read: ${messageOf(error)}`, error);
  }
}

function expectHash(what: string, found: string, named: string): void {
  if (found !== named)
    throw modelFault("model_hash", `${what} has the hash ${found.slice(0, 12)}…, the manifest names ${named.slice(0, 12)}…`);
}
