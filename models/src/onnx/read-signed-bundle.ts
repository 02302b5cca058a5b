import type { Bundle } from "./build-bundle.ts";
import { readBundleFiles } from "./bundle-files.ts";
import { modelFault } from "./model-faults.ts";
import { bundleOf } from "./read-bundle.ts";
import { checkSignature, type Signed } from "./signature.ts";

/** Public key → what its owner is called here. */
export type TrustedKeys = ReadonlyMap<string, string>;

/** Whose signatures count. Of `others` a right one is refused, or only said to be of nobody known. */
export type Trust = { readonly keys: TrustedKeys; readonly others: "refuse" | "say" };

export type SignedBundle = {
  readonly bundle: Bundle;
  readonly signed: Signed /** null: nobody known here. */;
  readonly signer: string | null;
};

/**
 * Reads a bundle whose every byte is under a signature.
 * @throws Fault bundle_unreadable, bundle_unsigned, signature_invalid, bundle_changed, signer_unknown, manifest_invalid, model_hash
 */
export async function readSignedBundle(dir: string, { keys, others }: Trust): Promise<SignedBundle> {
  const files = await readBundleFiles(dir);
  const signed = checkSignature(files, dir);
  const signer = keys.get(signed.publicKey) ?? null;
  if (others === "refuse" && signer === null)
    throw modelFault("signer_unknown", `${dir} was signed by the key ${signed.keyId} (${signed.publicKey}), which is not trusted here`);
  return { bundle: bundleOf(files, dir), signed, signer };
}
