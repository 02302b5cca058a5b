// Modbus TCP frames: request → bytes, bytes → checked reply. Pure. Function codes 3 and 4 only: a frame that writes cannot be made here.
// Frames are read where they lie in the receive buffer; only registers are copied out.
// Source: MODBUS Messaging on TCP/IP Implementation Guide V1.0b §3.1.3 (MBAP header); MODBUS Application Protocol V1.1b3 §6.3, §6.4, §7.
import type { ReadRequest } from "./read-outcome.ts";
import { slab } from "./slab.ts";

const headerBytes = 7;
const takeRegisters = slab(Uint16Array);
const functionOf = { holding: 3, input: 4 } as const;

/** Bytes of a read request. */
export const requestBytes = 12;

/** Shortest and longest value of an MBAP length field in a reply: unit + exception function + code; unit + a PDU of 253 bytes. */
const minLength = 3;
const maxLength = 254;

/** Writes the 12 bytes of one read request at `at`. `transaction` is 0…65535. */
export function writeRequest(frame: Buffer, at: number, transaction: number, { unit, table, address, count }: ReadRequest): void {
  frame.writeUInt16BE(transaction, at);
  frame.writeUInt32BE(6, at + 2);
  frame[at + 6] = unit;
  frame[at + 7] = functionOf[table];
  frame.writeUInt16BE(address, at + 8);
  frame.writeUInt16BE(count, at + 10);
}

/** Length of the frame that begins at `at`, of bytes that end at `end`; 0 while it is not whole; or what is wrong with it, as soon as that can be known. */
export function frameLength(bytes: Buffer, at: number, end: number): number | string {
  const there = end - at;
  if (there >= 4 && wordAt(bytes, at + 2) !== 0) return `protocol id ${wordAt(bytes, at + 2)} instead of 0`;
  if (there < 6) return 0;
  const length = wordAt(bytes, at + 4);
  if (length < minLength || length > maxLength) return `length field ${length}, possible is ${minLength} to ${maxLength}`;
  if (there < 6 + length) return 0;
  return inconsistency(bytes, at, length) ?? 6 + length;
}

export const transactionAt = (bytes: Buffer, at: number): number => wordAt(bytes, at);

export type Reply =
  | { kind: "registers"; registers: Uint16Array }
  | { kind: "exception"; exception: number }
  | { kind: "mismatch"; why: string };

/** Holds the whole frame at `at` against the request it claims to answer: unit, function and byte count = 2 × registers. */
export function replyAt(bytes: Buffer, at: number, { unit, table, count }: ReadRequest): Reply {
  const got = { unit: bytes[at + 6] as number, function: bytes[at + headerBytes] as number };
  if (got.unit !== unit) return { kind: "mismatch", why: `unit ${got.unit} answered instead of ${unit}` };
  if ((got.function & 0x7f) !== functionOf[table])
    return { kind: "mismatch", why: `function ${got.function} instead of ${functionOf[table]}` };
  const next = bytes[at + 8] as number;
  if (got.function > 0x7f) return { kind: "exception", exception: next };
  if (next !== 2 * count) return { kind: "mismatch", why: `byte count ${next} instead of ${2 * count}` };
  const registers = takeRegisters(count);
  for (let i = 0, from = at + 9; i < count; i++, from += 2) registers[i] = ((bytes[from] as number) << 8) | (bytes[from + 1] as number);
  return { kind: "registers", registers };
}

// The length field, the function and the byte count of a whole reply must tell the same story, or the stream is out of step.
function inconsistency(bytes: Buffer, at: number, length: number): string | null {
  if ((bytes[at + headerBytes] as number) > 0x7f)
    return length === minLength ? null : `length field ${length} of an exception reply, must be ${minLength}`;
  const byteCount = bytes[at + 8] as number;
  return length === 3 + byteCount ? null : `length field ${length} does not fit byte count ${byteCount}`;
}

const wordAt = (bytes: Buffer, at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
