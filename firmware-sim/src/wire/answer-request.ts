// One request PDU → one reply PDU. Knows function codes 3 (holding) and 4 (input); everything else is exception 1.
// Source: MODBUS Application Protocol Specification V1.1b3, 6.3, 6.4 and 7 (modbus.org).
import type { RegisterTable } from "@millwright/contract/register-template";
import type { WireDevice } from "./wire-device.ts";
import { goodFate, type WireFate } from "./wire-faults.ts";

export const exception = { illegalFunction: 1, illegalAddress: 2, illegalValue: 3, targetFailed: 11 } as const;

const tables: Readonly<Record<number, RegisterTable>> = { 3: "holding", 4: "input" };
const maxRegisters = 125;

/**
 * @param device null where no device has that unit: a gateway says "target failed to respond". @param fate may put an exception or a wrong byte count
 * into the reply. @returns the reply, or "silent". Never throws.
 */
export function answerRequest(pdu: Buffer, device: WireDevice | null, fate: WireFate = goodFate): Buffer | "silent" {
  const code = pdu.readUInt8(0);
  if (device === null) return exceptionReply(code, exception.targetFailed);
  const table = tables[code];
  if (table === undefined) return exceptionReply(code, exception.illegalFunction);
  if (pdu.length !== 5) return exceptionReply(code, exception.illegalValue);
  const address = pdu.readUInt16BE(1);
  const count = pdu.readUInt16BE(3);
  if (count < 1 || count > (device.maxBlock ?? maxRegisters)) return exceptionReply(code, exception.illegalValue);
  if (address + count > 65_536) return exceptionReply(code, exception.illegalAddress);
  const registers = device.present();
  if (registers === "silent") return "silent";
  if (fate.strikes.has("exception") || fate.strikes.has("busy")) return exceptionReply(code, fate.exceptionCode);
  const words = registers.read(table, address, count);
  if (words === null) return exceptionReply(code, exception.illegalAddress);
  const reply = registersReply(code, words);
  return fate.strikes.has("wrong_count") ? miscounted(reply, fate) : reply;
}

function registersReply(code: number, words: Uint16Array): Buffer {
  const reply = Buffer.allocUnsafe(2 + words.length * 2);
  reply[0] = code;
  reply[1] = words.length * 2;
  for (let i = 0, at = 2; i < words.length; i++) {
    const word = words[i] as number;
    reply[at++] = word >> 8;
    reply[at++] = word & 0xff;
  }
  return reply;
}

// One register too many, one too few, a byte count of 0 with nothing behind it, or a byte count that lies.
function miscounted(reply: Buffer, { random }: WireFate): Buffer {
  const code = reply.readUInt8(0);
  const kind = Math.floor(random() * 4);
  if (kind === 0 && reply.length <= 250) return Buffer.concat([Buffer.from([code, reply.length]), reply.subarray(2), Buffer.alloc(2)]);
  if (kind === 1 && reply.length > 4) return Buffer.concat([Buffer.from([code, reply.length - 4]), reply.subarray(2, -2)]);
  if (kind === 2) return Buffer.from([code, 0]);
  const lying = Buffer.from(reply);
  lying[1] = ((lying[1] as number) + 1 + Math.floor(random() * 255)) & 0xff;
  return lying;
}

const exceptionReply = (code: number, number: number): Buffer => Buffer.from([(code | 0x80) & 0xff, number]);
