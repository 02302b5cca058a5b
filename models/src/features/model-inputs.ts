// What one bundle's model sees of the features of the library: the same on the box and in replay. In: a row of the stream. Out: the model's columns.
import type { FeatureSchema, ModelManifest } from "@millwright/contract/model-manifest";
import { featureColumns } from "./feature-columns.ts";

export type ModelInputs = {
  /** What the stream must compute. */
  readonly whole: FeatureSchema;
  /** @returns null where a figure is missing that the model cannot do without */
  pick(features: Float32Array): Float32Array | null;
  /** The model's contributions → a row in the stream's order; 0 where the model has no column. */
  spread(contribution: Float32Array): Float32Array;
};

/** @returns null for a column this library does not compute: see `strangeColumn` */
export function modelInputs(manifest: ModelManifest): ModelInputs | null {
  // A self-learned baseline sees every feature as it comes; anybody else's may see some of them.
  if (manifest.kind === "ar2-mahalanobis") return { whole: manifest.features, pick: same, spread: same };
  const columns = featureColumns(manifest.features);
  if (columns === null || manifest.takes_missing) return columns;
  return {
    ...columns,
    pick: (features) => {
      const seen = columns.pick(features);
      return seen.some(Number.isNaN) ? null : seen;
    },
  };
}

const same = (row: Float32Array): Float32Array => row;
