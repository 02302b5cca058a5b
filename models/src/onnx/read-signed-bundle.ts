import type { Bundle } from "./build-bundle.ts";
import { type BundleFiles, readBundleFiles } from "./bundle-files.ts";
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
export async function readSignedBundle(dir: string, trust: Trust): Promise<SignedBundle> {
  const { files, ...origin } = await readSignedFiles(dir, trust);
  return { bundle: bundleOf(files, dir), ...origin };
}

export type SignedFiles = { readonly files: BundleFiles; readonly signed: Signed; readonly signer: string | null };

/** The same before anybody asks what kind of bundle it is. @throws Fault bundle_unreadable, bundle_unsigned, signature_invalid, bundle_changed, signer_unknown */
export async function readSignedFiles(dir: string, { keys, others }: Trust): Promise<SignedFiles> {
  const files = await readBundleFiles(dir);
  const signed = checkSignature(files, dir);
  const signer = keys.get(signed.publicKey) ?? null;
  if (others === "refuse" && signer === null)
    throw modelFault("signer_unknown", `${dir} was signed by the key ${signed.keyId} (${signed.publicKey}), which is not trusted here`);
  return { files, signed, signer };
}
