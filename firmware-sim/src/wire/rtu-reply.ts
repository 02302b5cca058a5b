// A reply PDU → the bytes that an RTU line carries for it, with whatever the wire does to them. Pure.
import { wholeBetween } from "../random/random.ts";
import { halfOf, isInstead, noiseBytes, otherUnit } from "./noise.ts";
import { type RtuRequest, rtuFrameBytes } from "./rtu-frame.ts";
import type { WireFate } from "./wire-faults.ts";

export function rtuReplyBytes({ unit, pdu }: RtuRequest, fate: WireFate): Buffer {
  const { strikes, random } = fate;
  let frame = rtuFrameBytes({ unit: strikes.has("wrong_unit") ? otherUnit(unit, fate) : unit, pdu });
  if (strikes.has("crc")) {
    const at = wholeBetween(random, 0, frame.length - 1);
    frame[at] = (frame[at] as number) ^ wholeBetween(random, 1, 255);
  }
  if (strikes.has("half")) frame = halfOf(frame, fate);
  if (strikes.has("noise")) frame = Buffer.concat([noiseBytes(fate), isInstead(fate) ? Buffer.alloc(0) : frame]);
  return frame;
}
