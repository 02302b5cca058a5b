// Which of two bundles of one model id is the newer. In: the version and the time of making that their signed manifests name. A signature does not
// age: without this, whoever can write a folder could put last year's bundle, signed as ever, in the place of today's.
import type { ModelManifest } from "@millwright/contract/model-manifest";

/** `created_at`: ISO 8601, its maker's clock; decides between bundles of the same version. */
export type AcceptedModel = Pick<ModelManifest, "version" | "created_at">;

export const isOlder = (one: AcceptedModel, than: AcceptedModel): boolean =>
  one.version === than.version ? Date.parse(one.created_at) < Date.parse(than.created_at) : one.version < than.version;

/** For a line a person reads: `version 3 of 2026-11-28`. */
export const modelAge = ({ version, created_at }: AcceptedModel): string => `version ${version} of ${created_at.slice(0, 19)}`;
