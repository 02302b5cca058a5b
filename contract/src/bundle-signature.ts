// signature.json of a model bundle: every other file of its folder with size and hash, signed with ed25519 (RFC 8032) over the canonical JSON
// (keys sorted, no spaces) of everything but the signature itself.
import * as v from "valibot";
import { Count, Sha256 } from "./names.ts";

/** A public key as it is written in a configuration. */
export const PublicKey = v.pipe(v.string(), v.regex(/^ed25519:[0-9a-f]{64}$/, "must be ed25519: and 64 hexadecimal digits"));

export const BundleSignature = v.strictObject({
  schema: v.literal("millwright/signature/v1"),
  algorithm: v.literal("ed25519"),
  /** First 16 hexadecimal digits of the SHA-256 of `public_key`, for people. */
  key_id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
  public_key: PublicKey,
  /** In the order of the names. */
  files: v.array(v.strictObject({ path: v.string(), size: Count, sha256: Sha256 })),
  signature: v.pipe(v.string(), v.regex(/^[0-9a-f]{128}$/)),
});
export type BundleSignature = v.InferOutput<typeof BundleSignature>;

/** @returns null where it is no signature */
export function parseBundleSignature(input: unknown): BundleSignature | null {
  const result = v.safeParse(BundleSignature, input);
  return result.success ? result.output : null;
}
