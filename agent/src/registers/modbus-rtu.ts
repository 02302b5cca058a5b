// Modbus RTU: opens links over a serial port, or through a converter that carries RTU frames over TCP. One line, one link, one request at a time.
import type { OpenStream } from "./byte-stream.ts";
import type { OpenLink } from "./link.ts";
import type { ReadRequest } from "./read-outcome.ts";
import { RtuLink, type RtuRules } from "./rtu-link.ts";
import { characterMs, frameGapMs, type SerialLine } from "./serial-line.ts";
import { serialStream } from "./serial-stream.ts";
import { socketStream } from "./socket-stream.ts";

export type RtuOptions = Partial<Pick<RtuRules, "drain">>;

/** The transport of one serial port. */
export function modbusRtu(line: SerialLine, { drain = "on" }: RtuOptions = {}): OpenLink<ReadRequest, Uint16Array> {
  return rtuOver(serialStream(line), { characterMs: characterMs(line), frameGapMs: frameGapMs(line), drain, onTimeouts: "stay" });
}

/** The transport of one line behind a converter; its baud rate is not known here, 9600 is assumed where it matters. `connectTimeoutMs` is real time. */
export function rtuOverTcp(
  { host, port, connectTimeoutMs = 3_000 }: { host: string; port: number; connectTimeoutMs?: number },
  { drain = "on" }: RtuOptions = {},
): OpenLink<ReadRequest, Uint16Array> {
  // The converter keeps the silence between frames itself.
  const rules = { characterMs: 1.15, frameGapMs: 0, drain, onTimeouts: "close" } as const;
  return rtuOver(socketStream({ host, port, connectTimeoutMs }), rules);
}

function rtuOver(open: OpenStream, rules: Omit<RtuRules, "owed">): OpenLink<ReadRequest, Uint16Array> {
  const owed: RtuRules["owed"] = new Map();
  return async (options) => new RtuLink(await open(options.signal), { ...rules, owed }, options);
}
