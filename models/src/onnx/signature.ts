// signature.json: which files a bundle has, and who says so. In: the files of a folder. Out: the text of the signature, or who signed; any file
// that is missing, extra, changed or resized is refused, and so is every other way to write the same signature.
import { sign, verify } from "node:crypto";
import { type BundleSignature, parseBundleSignature } from "@millwright/contract/bundle-signature";
import { messageOf } from "@millwright/kit/fault";
import type { BundleFiles } from "./bundle-files.ts";
import { canonicalJson, sha256 } from "./hashes.ts";
import { modelFault } from "./model-faults.ts";
import { keyId, parsePublicKey, type SigningKey } from "./signing-key.ts";

export const signatureFile = "signature.json";

export type Signed = {
  readonly publicKey: string;
  readonly keyId: string;
  /** Of the list of files: the same bundle has the same, whoever signed it. */
  readonly bundleSha256: string;
};

/** @returns the text of signature.json for all other files */
export function signatureText(files: BundleFiles, { privateKey, publicKey }: SigningKey): string {
  const unsigned = {
    schema: "millwright/signature/v1",
    algorithm: "ed25519",
    key_id: keyId(publicKey),
    public_key: publicKey,
    files: listOf(files),
  } as const;
  return textOf({ ...unsigned, signature: sign(null, messageToSign(unsigned), privateKey).toString("hex") });
}

/** Says nothing about whether that key may be trusted. @throws Fault bundle_unsigned, signature_invalid, bundle_changed */
export function checkSignature(files: BundleFiles, dir: string): Signed {
  const bytes = files.get(signatureFile);
  if (bytes === undefined) throw modelFault("bundle_unsigned", `${dir} has no ${signatureFile}`);
  const { signature, ...unsigned } = parse(bytes, dir);
  const key = parsePublicKey(unsigned.public_key);
  if (unsigned.key_id !== keyId(unsigned.public_key) || !verify(null, messageToSign(unsigned), key, Buffer.from(signature, "hex")))
    throw modelFault("signature_invalid", `${dir}/${signatureFile} was not made by the key it names`);
  const found = listOf(files);
  const named = new Map(unsigned.files.map((file) => [file.path, file]));
  for (const { path, size, sha256: hash } of found) {
    const wanted = named.get(path);
    if (wanted === undefined) throw modelFault("bundle_changed", `${dir}/${path} does not belong to the bundle that was signed`);
    if (wanted.size !== size)
      throw modelFault("bundle_changed", `${dir}/${path} has ${size} bytes, not the ${wanted.size} that were signed`);
    if (wanted.sha256 !== hash) throw modelFault("bundle_changed", `${dir}/${path} is not the file that was signed`);
    named.delete(path);
  }
  for (const path of named.keys()) throw modelFault("bundle_changed", `${dir}/${path} is missing`);
  return { publicKey: unsigned.public_key, keyId: unsigned.key_id, bundleSha256: sha256(canonicalJson(found)) };
}

const listOf = (files: BundleFiles): BundleSignature["files"] =>
  [...files]
    .filter(([path]) => path !== signatureFile)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, bytes]) => ({ path, size: bytes.length, sha256: sha256(bytes) }));

const messageToSign = (unsigned: Omit<BundleSignature, "signature">): Buffer => Buffer.from(canonicalJson(unsigned));

const textOf = ({ schema, algorithm, key_id, public_key, files, signature }: BundleSignature): string =>
  `${JSON.stringify({ schema, algorithm, key_id, public_key, files, signature }, null, 2)}\n`;

// One signature has one text: what parses to the same, but is written in another way, is refused.
function parse(bytes: Buffer, dir: string): BundleSignature {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch (error) {
    throw modelFault("signature_invalid", `${dir}/${signatureFile} is not JSON: ${messageOf(error)}`, error);
  }
  const signature = parseBundleSignature(json);
  if (signature === null || !Buffer.from(textOf(signature)).equals(bytes))
    throw modelFault("signature_invalid", `${dir}/${signatureFile} is not written as a signature is`);
  return signature;
}
