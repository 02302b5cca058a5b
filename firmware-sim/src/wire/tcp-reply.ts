// A reply PDU → the bytes that go into a Modbus TCP socket for it, with whatever the wire does to them. Pure.
import { wholeBetween } from "../random/random.ts";
import { type Frame, frameBytes } from "./mbap.ts";
import { halfOf, isInstead, noiseBytes, otherUnit } from "./noise.ts";
import type { WireFate } from "./wire-faults.ts";

/** @param request what is answered, for an echo. */
export function tcpReplyBytes(request: Frame, pdu: Buffer, fate: WireFate): Buffer {
  const { strikes, random } = fate;
  const { transaction, unit } = request;
  let frame = frameBytes({ transaction, unit, pdu });
  if (strikes.size === 0) return frame;
  if (strikes.has("wrong_unit")) frame.writeUInt8(otherUnit(unit, fate), 6);
  if (strikes.has("wrong_transaction")) frame.writeUInt16BE((transaction + wholeBetween(random, 1, 65_535)) & 0xffff, 0);
  if (strikes.has("wrong_protocol")) frame.writeUInt16BE(wholeBetween(random, 1, 65_535), 2);
  if (strikes.has("lying_length")) frame.writeUInt16BE(lyingLength(pdu.length + 1, fate), 4);
  if (strikes.has("half")) frame = halfOf(frame, fate);
  if (strikes.has("noise")) frame = Buffer.concat([noiseBytes(fate), isInstead(fate) ? Buffer.alloc(0) : frame]);
  if (strikes.has("echo")) frame = Buffer.concat([frameBytes(request), frame]);
  return frame;
}

// Too long by little, too short, none at all, or the longest there is.
function lyingLength(length: number, { random }: WireFate): number {
  const lies = [length + wholeBetween(random, 1, 20), Math.max(2, length - wholeBetween(random, 1, 4)), 0, 65_535].filter(
    (n) => n !== length,
  );
  return lies[wholeBetween(random, 0, lies.length - 1)] as number;
}
