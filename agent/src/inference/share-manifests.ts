// One copy of what is the same: a manifest comes from the model thread as a copy of its own for every machine, 50 kB each with 30 points. Machines
// that were given the same bundle share it; those that learned for themselves from the same points share its features.
import type { ModelManifest } from "@millwright/contract/model-manifest";

export type ShareManifest = (manifest: ModelManifest, bundleSha256: string) => ModelManifest;

/** What no machine uses any more is let go. */
export function shareManifests(): ShareManifest {
  const manifests = new Map<string, WeakRef<ModelManifest>>();
  const features = new Map<string, WeakRef<ModelManifest["features"]>>();
  return (manifest, bundleSha256) =>
    oneOf(manifests, bundleSha256, () => ({
      ...manifest,
      features: oneOf(features, manifest.feature_schema_sha256, () => manifest.features),
    }));
}

function oneOf<T extends object>(known: Map<string, WeakRef<T>>, key: string, make: () => T): T {
  const there = known.get(key)?.deref();
  if (there !== undefined) return there;
  for (const [other, ref] of known) if (ref.deref() === undefined) known.delete(other);
  const made = make();
  known.set(key, new WeakRef(made));
  return made;
}
