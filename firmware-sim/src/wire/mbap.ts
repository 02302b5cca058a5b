// The frame of Modbus TCP: 7 bytes of header (transaction id, protocol id 0, length, unit), then the PDU.
// Source: MODBUS Messaging on TCP/IP Implementation Guide V1.0b, 3.1 (modbus.org).

export type Frame = { transaction: number; unit: number; pdu: Buffer };

/** One step of reading a stream: a whole frame, not yet enough bytes, or something that is not Modbus TCP. */
export type FrameStep = { kind: "frame"; frame: Frame; rest: Buffer } | { kind: "incomplete" } | { kind: "malformed"; why: string };

const headerBytes = 7;
/** A PDU holds 1 to 253 bytes; the length field counts the unit as well. */
const maxLength = 254;

/** Takes the first frame off what was received so far. Never throws. */
export function takeFrame(received: Buffer): FrameStep {
  if (received.length < headerBytes - 1) return { kind: "incomplete" };
  const protocol = received.readUInt16BE(2);
  const length = received.readUInt16BE(4);
  if (protocol !== 0) return { kind: "malformed", why: `protocol id ${protocol} instead of 0` };
  if (length < 2 || length > maxLength) return { kind: "malformed", why: `length ${length} outside 2 to ${maxLength}` };
  const end = headerBytes - 1 + length;
  if (received.length < end) return { kind: "incomplete" };
  const frame = { transaction: received.readUInt16BE(0), unit: received.readUInt8(6), pdu: received.subarray(headerBytes, end) };
  return { kind: "frame", frame, rest: received.subarray(end) };
}

/** A frame as bytes. */
export function frameBytes({ transaction, unit, pdu }: Frame): Buffer {
  const bytes = Buffer.allocUnsafe(headerBytes + pdu.length);
  bytes.writeUInt16BE(transaction, 0);
  bytes.writeUInt16BE(0, 2);
  bytes.writeUInt16BE(pdu.length + 1, 4);
  bytes.writeUInt8(unit, 6);
  pdu.copy(bytes, headerBytes);
  return bytes;
}
