// The features of a machine, as data. Columns go kind by kind, and within a kind point by point:
// column = kindIndex × points + pointIndex, so that a graph sees [N, kinds, points].
import { type FeatureKind, type FeatureSchema, featureKinds, type ModelPoint } from "@millwright/contract/model-manifest";
import { featureSettings } from "../settings.ts";

/** @param periodMs time between two rows, ms */
export function featureSchema(points: readonly ModelPoint[], periodMs: number): FeatureSchema {
  return {
    version: 1,
    period_ms: periodMs,
    points: points.map(({ name, unit }) => ({ name, unit })),
    columns: featureKinds.flatMap((kind) => points.map(({ name, unit }) => ({ point: name, kind, unit, ...weightOf(kind) }))),
  };
}

function weightOf(kind: FeatureKind): { alpha?: number } {
  if (kind.startsWith("ewma")) return { alpha: featureSettings.ewmaAlpha };
  if (kind.startsWith("drift")) return { alpha: featureSettings.driftAlpha };
  return {};
}
