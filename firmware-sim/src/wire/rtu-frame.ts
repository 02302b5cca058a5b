// The frame of Modbus RTU: unit, PDU, CRC-16 low byte first. Pure.
// Source: MODBUS over Serial Line Specification and Implementation Guide V1.02, 2.5.1 and 6.2.2 (modbus.org).

export type RtuRequest = { unit: number; pdu: Buffer };

const minBytes = 4;
const maxBytes = 256;

/** CRC-16/MODBUS: polynomial 0xA001 (0x8005 reflected), start 0xFFFF. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (let i = 0; i < bytes.length; i++) crc = (crc >> 8) ^ (crcTable[(crc ^ (bytes[i] as number)) & 0xff] as number);
  return crc;
}

/** A whole frame's unit and PDU, or null where the bytes between two silences are no frame. */
export function openRtuFrame(bytes: Buffer): RtuRequest | null {
  if (bytes.length < minBytes || bytes.length > maxBytes) return null;
  if (crc16(bytes.subarray(0, -2)) !== bytes.readUInt16LE(bytes.length - 2)) return null;
  return { unit: bytes.readUInt8(0), pdu: bytes.subarray(1, -2) };
}

/** A frame as bytes. */
export function rtuFrameBytes({ unit, pdu }: RtuRequest): Buffer {
  const bytes = Buffer.allocUnsafe(pdu.length + 3);
  bytes.writeUInt8(unit, 0);
  pdu.copy(bytes, 1);
  bytes.writeUInt16LE(crc16(bytes.subarray(0, -2)), pdu.length + 1);
  return bytes;
}

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  return crc;
});
