// One copy of what is the same: a manifest comes from the model thread as a copy of its own for every machine, 50 kB each with 30 points, most of it
// its features. Machines that learned for themselves from the same points share those.
import type { ModelManifest } from "@millwright/contract/model-manifest";

type Features = ModelManifest["features"];

/** @returns what gives a manifest the features of the ones before it, where their hash is the same. What no machine uses any more is let go. */
export function shareFeatures(): (manifest: ModelManifest) => ModelManifest {
  const known = new Map<string, WeakRef<Features>>();
  return (manifest) => {
    const key = manifest.feature_schema_sha256;
    const there = known.get(key)?.deref();
    if (there !== undefined) return { ...manifest, features: there };
    for (const [other, ref] of known) if (ref.deref() === undefined) known.delete(other);
    known.set(key, new WeakRef(manifest.features));
    return manifest;
  };
}
