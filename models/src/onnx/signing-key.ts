// Keys that sign bundles: ed25519 (RFC 8032), the private one as PEM (PKCS #8) in a file that only its owner may read.
// A public key is written `ed25519:` and its 32 bytes in hexadecimal: short enough to be copied into a configuration by hand.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { messageOf } from "@millwright/kit/fault";
import { modelFault } from "./model-faults.ts";

export type SigningKey = { readonly privateKey: KeyObject; readonly publicKey: string };

const publicKeyForm = /^ed25519:([0-9a-f]{64})$/;

/** @returns PEM, from the system's random numbers */
export const newSigningKey = (): string => generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** @param where the key came from, for the complaint @throws Fault key_unusable */
export function parseSigningKey(pem: string, where: string): SigningKey {
  try {
    const privateKey = createPrivateKey(pem);
    if (privateKey.asymmetricKeyType !== "ed25519") throw new Error(`it is a key for ${privateKey.asymmetricKeyType}`);
    return { privateKey, publicKey: publicKeyText(createPublicKey(privateKey)) };
  } catch (error) {
    throw modelFault("key_unusable", `${where} holds no ed25519 private key: ${messageOf(error)}`, error);
  }
}

/** @throws Fault key_unusable, also where others than its owner may read the file */
export function readSigningKey(file: string): SigningKey {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw modelFault("key_unusable", `${file} does not exist; make one with: millwright-models keygen --out ${file}`);
  // stat(2): the last six bits are what group and others may do. Windows has no such bits.
  if (process.platform !== "win32" && (stat.mode & 0o077) !== 0)
    throw modelFault("key_unusable", `${file} may be read by others; run: chmod 600 ${file}`);
  return parseSigningKey(readFileSync(file, "utf8"), file);
}

/** @throws Fault key_unusable where the text is not of the form `ed25519:<64 hexadecimal digits>` */
export function parsePublicKey(text: string): KeyObject {
  const [, hex] = publicKeyForm.exec(text) ?? [];
  if (hex === undefined) throw modelFault("key_unusable", `"${text}" is not a public key; one is ed25519: and 64 hexadecimal digits`);
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(hex, "hex").toString("base64url") }, format: "jwk" });
}

/** What people call a key: the first 16 hexadecimal digits of the SHA-256 of its text. Trust is by the whole key. */
export const keyId = (publicKey: string): string => createHash("sha256").update(publicKey).digest("hex").slice(0, 16);

function publicKeyText(key: KeyObject): string {
  const { x = "" } = key.export({ format: "jwk" });
  return `ed25519:${Buffer.from(x, "base64url").toString("hex")}`;
}
