// One bus of the configuration, opened: its transport, its owner, and the readers of its devices.
import type { Clock } from "@millwright/kit/clock";
import type { ReadSource, ResolvedBus } from "./config/resolved-config.ts";
import { Bus, type BusHealth } from "./registers/bus.ts";
import type { BusEvent } from "./registers/bus-event.ts";
import { DeviceReader } from "./registers/device-reader.ts";
import { httpJson, type JsonReply, type JsonRequest } from "./registers/http-json.ts";
import type { IllegalRange } from "./registers/illegal-ranges.ts";
import { jsonReader } from "./registers/json-reader.ts";
import type { OpenLink } from "./registers/link.ts";
import { modbusRtu, rtuOverTcp } from "./registers/modbus-rtu.ts";
import { modbusTcp } from "./registers/modbus-tcp.ts";
import type { ReadRequest } from "./registers/read-outcome.ts";
import type { Reader } from "./registers/reader.ts";
import { serialStream } from "./registers/serial-stream.ts";
import { serialText, type TextReply, type TextRequest } from "./registers/serial-text.ts";
import { textReader } from "./registers/text-reader.ts";

export type OpenBus = {
  /** The reader of one device. @throws Error where the source is not for this kind of bus; `check` says so before. */
  readerOf(source: ReadSource, options: ReaderOptions): Reader;
  health(): BusHealth;
  close(): Promise<void>;
};

export type ReaderOptions = {
  /** Place of the update counter among the source's points, null where it has none. */
  readonly counterIndex: number | null;
  /** What is known not to exist, and whom to tell more. */
  readonly illegal: readonly IllegalRange[];
  readonly onLearned: (illegal: readonly IllegalRange[]) => void;
  /** Machine ms between two reads; absent where it is read once. */
  readonly everyMs?: number;
  readonly clock: Pick<Clock, "monotonicMs" | "wallMs" | "scale">;
};

/** An adapter that is plugged in again is in use after so many real ms at most; to look for it costs nothing. */
const portReturnsMs = 1_000;

/** Starts connecting at once. */
export function openBus(bus: ResolvedBus, onEvent: (event: BusEvent) => void): OpenBus {
  switch (bus.kind) {
    case "modbus-tcp":
      return registerBus(bus, modbusTcp({ host: bus.host, port: bus.port }), onEvent);
    case "modbus-rtu":
      return registerBus(bus, modbusRtu(bus.line), onEvent, portReturnsMs);
    case "rtu-over-tcp":
      return registerBus(bus, rtuOverTcp({ host: bus.host, port: bus.port }), onEvent);
    case "http-json":
      return jsonBus(bus, httpJson(bus), onEvent);
    case "serial-text":
      return textBus(bus, serialText(serialStream(bus.line)), onEvent);
  }
}

function registerBus(
  { name, timeoutMs, retries }: ResolvedBus,
  open: OpenLink<ReadRequest, Uint16Array>,
  onEvent: (event: BusEvent) => void,
  maxReconnectMs?: number,
): OpenBus {
  const bus = new Bus({ name, open, timeoutMs, retries, onEvent, ...(maxReconnectMs === undefined ? {} : { maxReconnectMs }) });
  return {
    health: () => bus.health(),
    close: () => bus.close(),
    readerOf(source, { counterIndex, illegal, onLearned, clock }) {
      if (source.protocol !== "modbus") throw new Error(`bus ${name} does not speak ${source.protocol}`);
      const { unit, points, maxBlock, maxGap, forbidden } = source;
      return new DeviceReader({ bus, unit, points, maxBlock, maxGap, counterIndex, illegal: [...forbidden, ...illegal], onLearned, clock });
    },
  };
}

function jsonBus(
  { name, timeoutMs, retries }: ResolvedBus,
  open: OpenLink<JsonRequest, JsonReply>,
  onEvent: (event: BusEvent) => void,
): OpenBus {
  const bus = new Bus({ name, open, timeoutMs, retries, onEvent });
  return {
    health: () => bus.health(),
    close: () => bus.close(),
    readerOf(source, { clock }) {
      if (source.protocol !== "http-json") throw new Error(`bus ${name} does not speak ${source.protocol}`);
      return jsonReader({ ...source, bus, clock });
    },
  };
}

function textBus(
  { name, timeoutMs, retries }: ResolvedBus,
  open: OpenLink<TextRequest, TextReply>,
  onEvent: (event: BusEvent) => void,
): OpenBus {
  const bus = new Bus({ name, open, timeoutMs, retries, maxReconnectMs: portReturnsMs, onEvent });
  return {
    health: () => bus.health(),
    close: () => bus.close(),
    readerOf(source, { clock, everyMs = Number.POSITIVE_INFINITY }) {
      if (source.protocol !== "serial-text") throw new Error(`bus ${name} does not speak ${source.protocol}`);
      return textReader({ ...source, bus, everyMs, clock });
    },
  };
}
