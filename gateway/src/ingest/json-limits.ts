// Limits on JSON from outside, before anything uses it: size, nesting, and keys that reach into prototypes.
// (JSON.stringify of deep nesting throws, and a naive merge of {"__proto__": …} pollutes Object.prototype.)
import type { RejectCode } from "@millwright/contract/down-message";
import { maxMessageBytes } from "@millwright/contract/up-message";

/** Deepest nesting of a whole message, and of one record in it (a prediction has 4). */
const maxMessageDepth = 32;
const maxRecordDepth = 8;

const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "prototype", "constructor"]);
const [quote, backslash, openBrace, openBracket, closeBrace, closeBracket] = [0x22, 0x5c, 0x7b, 0x5b, 0x7d, 0x5d];

/** Judged before it is parsed. @returns why a whole message is not looked at, or null. */
export function excessOf(payload: Buffer): { code: RejectCode; reason: string } | null {
  if (payload.length > maxMessageBytes)
    return { code: "too_large", reason: `${payload.length} bytes; at most ${maxMessageBytes} are taken` };
  if (jsonDepth(payload) > maxMessageDepth) return { code: "malformed", reason: `nested deeper than ${maxMessageDepth}` };
  return null;
}

/** Counts brackets outside strings, without parsing. @returns the deepest nesting found. */
export function jsonDepth(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (isInString) {
      if (byte === backslash) at++;
      else if (byte === quote) isInString = false;
    } else if (byte === quote) isInString = true;
    else if (byte === openBrace || byte === openBracket) deepest = Math.max(deepest, ++depth);
    else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return deepest;
}

/** @returns why this parsed value is not taken, or null. */
export function unsafeJson(value: unknown, depthLeft = maxRecordDepth): string | null {
  if (typeof value !== "object" || value === null) return null;
  if (depthLeft === 0) return "is nested too deeply";
  for (const key of Object.keys(value)) {
    if (!Array.isArray(value) && forbiddenKeys.has(key)) return `has the key "${key}"`;
    const found = unsafeJson((value as Record<string, unknown>)[key], depthLeft - 1);
    if (found !== null) return found;
  }
  return null;
}
