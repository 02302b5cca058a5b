// The checksum of Modbus RTU. Source: MODBUS over Serial Line V1.02 §6.2.2.

/** CRC-16 of `bytes[from…to)`: polynomial 0xA001, start 0xFFFF; sent low byte first. */
export function crc16(bytes: Uint8Array, from = 0, to: number = bytes.length): number {
  let crc = 0xffff;
  for (let at = from; at < to; at++) {
    crc ^= bytes[at] as number;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
