// Modbus TCP frames: request → bytes, bytes → checked reply. Pure. Function codes 3 and 4 only: a frame that writes cannot be made here.
// Source: MODBUS Messaging on TCP/IP Implementation Guide V1.0b §3.1.3 (MBAP header); MODBUS Application Protocol V1.1b3 §6.3, §6.4, §7.
import type { ReadRequest } from "./read-outcome.ts";

const headerBytes = 7;
const functionOf = { holding: 3, input: 4 } as const;

/** Shortest and longest value of an MBAP length field in a reply: unit + exception function + code; unit + a PDU of 253 bytes. */
const minLength = 3;
const maxLength = 254;

/** The 12 bytes of one read request. `transaction` is 0…65535. */
export function encodeRequest(transaction: number, { unit, table, address, count }: ReadRequest): Buffer {
  const frame = Buffer.allocUnsafe(12);
  frame.writeUInt16BE(transaction, 0);
  frame.writeUInt16BE(0, 2);
  frame.writeUInt16BE(6, 4);
  frame.writeUInt8(unit, 6);
  frame.writeUInt8(functionOf[table], 7);
  frame.writeUInt16BE(address, 8);
  frame.writeUInt16BE(count, 10);
  return frame;
}

export type NextFrame = { kind: "incomplete" } | { kind: "broken"; why: string } | { kind: "frame"; frame: Buffer; transaction: number };

/** Takes the first frame of a stream, as soon as it is whole; says "broken" as soon as that can be known. */
export function nextFrame(bytes: Buffer): NextFrame {
  if (bytes.length >= 4 && bytes.readUInt16BE(2) !== 0) return broken(`protocol id ${bytes.readUInt16BE(2)} instead of 0`);
  if (bytes.length < 6) return { kind: "incomplete" };
  const length = bytes.readUInt16BE(4);
  if (length < minLength || length > maxLength) return broken(`length field ${length}, possible is ${minLength} to ${maxLength}`);
  const end = 6 + length;
  if (bytes.length < end) return { kind: "incomplete" };
  const why = inconsistency(bytes, length);
  return why === null ? { kind: "frame", frame: bytes.subarray(0, end), transaction: bytes.readUInt16BE(0) } : broken(why);
}

export type Reply =
  | { kind: "registers"; registers: Uint16Array }
  | { kind: "exception"; exception: number }
  | { kind: "mismatch"; why: string };

/** Holds a whole frame against the request it claims to answer: unit, function and byte count = 2 × registers. */
export function readReply(frame: Buffer, { unit, table, count }: ReadRequest): Reply {
  const got = { unit: frame.readUInt8(6), function: frame.readUInt8(headerBytes) };
  if (got.unit !== unit) return { kind: "mismatch", why: `unit ${got.unit} answered instead of ${unit}` };
  if ((got.function & 0x7f) !== functionOf[table])
    return { kind: "mismatch", why: `function ${got.function} instead of ${functionOf[table]}` };
  if (got.function > 0x7f) return { kind: "exception", exception: frame.readUInt8(8) };
  const byteCount = frame.readUInt8(8);
  if (byteCount !== 2 * count) return { kind: "mismatch", why: `byte count ${byteCount} instead of ${2 * count}` };
  const registers = new Uint16Array(count);
  for (let i = 0, at = 9; i < count; i++, at += 2) registers[i] = ((frame[at] as number) << 8) | (frame[at + 1] as number);
  return { kind: "registers", registers };
}

// The length field, the function and the byte count of a whole reply must tell the same story, or the stream is out of step.
function inconsistency(bytes: Buffer, length: number): string | null {
  const code = bytes.readUInt8(headerBytes);
  if (code > 0x7f) return length === minLength ? null : `length field ${length} of an exception reply, must be ${minLength}`;
  const byteCount = bytes.readUInt8(8);
  return length === 3 + byteCount ? null : `length field ${length} does not fit byte count ${byteCount}`;
}

const broken = (why: string): NextFrame => ({ kind: "broken", why });
