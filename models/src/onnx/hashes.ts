// SHA-256 in lower-case hex of the things a model is tied to.
import { createHash } from "node:crypto";
import type { FeatureSchema } from "@millwright/contract/model-manifest";
import type { Row } from "../features/row.ts";

export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** Of the canonical JSON (keys sorted), so that the order in which a file lists its keys does not matter. The order of the points does. */
export const featureSchemaHash = (schema: FeatureSchema): string => sha256(canonicalJson(schema));

/** Of all times and values, as little-endian float64. */
export function trainingDataHash(rows: readonly Row[]): string {
  const hash = createHash("sha256");
  for (const { atMs, values } of rows) {
    const view = new DataView(new ArrayBuffer(8 * (values.length + 1)));
    for (const [i, value] of [atMs, ...values].entries()) view.setFloat64(8 * i, value, true);
    hash.update(view);
  }
  return hash.digest("hex");
}

/** Keys sorted, no spaces: one text for one value. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}
