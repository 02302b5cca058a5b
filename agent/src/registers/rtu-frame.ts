// Modbus RTU frames in a stream of bytes that may also hold echoes, noise and replies nobody waits for any more. Pure.
// In: the bytes that came so far, and what was asked. Out: the first frame among them, by unit, function, byte count and CRC together.
// Source: MODBUS over Serial Line V1.02 §2.5.1 (frame), §6.2.2 (CRC); MODBUS Application Protocol V1.1b3 §6.3, §6.4, §7.
import type { ReadRequest } from "./read-outcome.ts";

/** Bytes of the longest reply: unit, function, byte count, 125 registers, CRC. */
export const maxReplyBytes = 255;
const exceptionBytes = 5;
const functionOf = { holding: 3, input: 4 } as const;

/** What a reply with registers must look like: its function code × 256 + its byte count. */
export type Shape = number;

export const shapeOf = ({ table, count }: Pick<ReadRequest, "table" | "count">): Shape => functionOf[table] * 256 + 2 * count;

/** What is waited for, and the bytes that asked for it: some lines echo them. */
export type Asked = { readonly unit: number; readonly shape: Shape; readonly sent: Uint8Array };

/** `shape` of a reply with registers, null of an exception reply. */
export type RtuFrame = { readonly unit: number; readonly shape: Shape | null; readonly bytes: Buffer };

export type Scan =
  /** A whole frame; everything before it was noise or our echo. `end`: where the rest begins. */
  | { readonly kind: "frame"; readonly frame: RtuFrame; readonly end: number }
  /** The header of the reply we wait for, with a CRC that does not fit. */
  | { readonly kind: "crc"; readonly end: number }
  /** No whole frame yet. `isBegun`: the reply we wait for has begun. */
  | { readonly kind: "more"; readonly isBegun: boolean };

/** Looks for the first frame in `bytes`; `asked` is null where nothing is waited for. */
export function scanReply(bytes: Buffer, asked: Asked | null): Scan {
  for (let at = 0; at < bytes.length; at++) {
    if (asked !== null) {
      const echo = matchEcho(bytes, at, asked.sent);
      if (echo === "part") return { kind: "more", isBegun: false };
      if (echo === "whole") {
        at += asked.sent.length - 1;
        continue;
      }
      const own = matchOwn(bytes, at, asked);
      if (own !== null) return own;
    }
    const end = at + lengthOf(bytes, at);
    if (end <= bytes.length && hasGoodCrc(bytes, at, end)) return { kind: "frame", frame: frameOf(bytes, at, end), end };
  }
  return { kind: "more", isBegun: false };
}

/** CRC-16 of `bytes[from…to)`: polynomial 0xA001, start 0xFFFF; sent low byte first. */
export function crc16(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
  let crc = 0xffff;
  for (let at = from; at < to; at++) {
    crc ^= bytes[at] as number;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

// A part: as far as the bytes go, it is our echo.
function matchEcho(bytes: Buffer, at: number, sent: Uint8Array): "none" | "part" | "whole" {
  const length = Math.min(sent.length, bytes.length - at);
  for (let i = 0; i < length; i++) if (bytes[at + i] !== sent[i]) return "none";
  return length === sent.length ? "whole" : "part";
}

// The reply with registers that is waited for, from its header on: whole, damaged or begun.
function matchOwn(bytes: Buffer, at: number, { unit, shape }: Asked): Scan | null {
  if (bytes[at] !== unit || bytes[at + 1] !== shape >> 8 || bytes[at + 2] !== (shape & 0xff)) return null;
  const end = at + 5 + (shape & 0xff);
  if (end > bytes.length) return { kind: "more", isBegun: true };
  return hasGoodCrc(bytes, at, end) ? { kind: "frame", frame: frameOf(bytes, at, end), end } : { kind: "crc", end };
}

// How long a frame that begins here would be; Infinity where none can begin.
function lengthOf(bytes: Buffer, at: number): number {
  const code = bytes[at + 1];
  if (code === 0x83 || code === 0x84) return exceptionBytes;
  const byteCount = bytes[at + 2];
  const isReply = (code === 3 || code === 4) && byteCount !== undefined && byteCount % 2 === 0 && byteCount >= 2 && byteCount <= 250;
  return isReply ? 5 + byteCount : Number.POSITIVE_INFINITY;
}

const hasGoodCrc = (bytes: Buffer, from: number, end: number): boolean => crc16(bytes, from, end - 2) === bytes.readUInt16LE(end - 2);

function frameOf(bytes: Buffer, from: number, end: number): RtuFrame {
  const code = bytes.readUInt8(from + 1);
  const shape = code > 0x7f ? null : code * 256 + bytes.readUInt8(from + 2);
  return { unit: bytes.readUInt8(from), shape, bytes: bytes.subarray(from, end) };
}
