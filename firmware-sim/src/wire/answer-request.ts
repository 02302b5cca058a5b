// One request PDU → one reply PDU. Knows function codes 3 (holding) and 4 (input); everything else is exception 1.
// Source: MODBUS Application Protocol Specification V1.1b3, 6.3, 6.4 and 7 (modbus.org).
import type { RegisterTable } from "@millwright/contract/register-template";
import type { WireDevice } from "./wire-device.ts";

export const exception = { illegalFunction: 1, illegalAddress: 2, illegalValue: 3, targetFailed: 11 } as const;

const tables: Readonly<Record<number, RegisterTable>> = { 3: "holding", 4: "input" };
const maxRegisters = 125;

/** @param device null where no device has that unit: a gateway says "target failed to respond". @returns the reply, or "silent". Never throws. */
export function answerRequest(pdu: Buffer, device: WireDevice | null): Buffer | "silent" {
  const code = pdu.readUInt8(0);
  if (device === null) return exceptionReply(code, exception.targetFailed);
  const table = tables[code];
  if (table === undefined) return exceptionReply(code, exception.illegalFunction);
  if (pdu.length !== 5) return exceptionReply(code, exception.illegalValue);
  const address = pdu.readUInt16BE(1);
  const count = pdu.readUInt16BE(3);
  if (count < 1 || count > maxRegisters) return exceptionReply(code, exception.illegalValue);
  if (address + count > 65_536) return exceptionReply(code, exception.illegalAddress);
  const registers = device.present();
  if (registers === "silent") return "silent";
  const words = registers.read(table, address, count);
  return words === null ? exceptionReply(code, exception.illegalAddress) : registersReply(code, words);
}

function registersReply(code: number, words: Uint16Array): Buffer {
  const reply = Buffer.allocUnsafe(2 + words.length * 2);
  reply.writeUInt8(code, 0);
  reply.writeUInt8(words.length * 2, 1);
  for (const [i, word] of words.entries()) reply.writeUInt16BE(word, 2 + i * 2);
  return reply;
}

const exceptionReply = (code: number, number: number): Buffer => Buffer.from([(code | 0x80) & 0xff, number]);
