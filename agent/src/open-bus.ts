// One bus of the configuration, opened: its transport, its owner, and the readers of its devices.
import type { Clock } from "@millwright/kit/clock";
import type { ReadSource, ResolvedBus } from "./config/resolved-config.ts";
import { Bus, type BusHealth, type BusOptions } from "./registers/bus.ts";
import type { BusEvent } from "./registers/bus-event.ts";
import { busHealthReader } from "./registers/bus-health-reader.ts";
import { DeviceReader } from "./registers/device-reader.ts";
import { httpJson, type JsonReply, type JsonRequest } from "./registers/http-json.ts";
import type { IllegalRange } from "./registers/illegal-ranges.ts";
import { jsonReader } from "./registers/json-reader.ts";
import type { OpenLink } from "./registers/link.ts";
import { modbusRtu, rtuOverTcp } from "./registers/modbus-rtu.ts";
import { modbusTcp } from "./registers/modbus-tcp.ts";
import type { ReadOutcome, ReadRequest } from "./registers/read-outcome.ts";
import type { Reader } from "./registers/reader.ts";
import { serialStream } from "./registers/serial-stream.ts";
import { serialText, type TextReply, type TextRequest } from "./registers/serial-text.ts";
import { textReader } from "./registers/text-reader.ts";

export type OpenBus = {
  /** The reader of one device. @throws Error where the source is not for this kind of bus; `check` says so before. */
  readerOf(source: ReadSource, options: ReaderOptions): Reader;
  /** Reads registers as they are, for the tools; null on buses that have none. */
  readonly registers: ((request: ReadRequest) => Promise<ReadOutcome>) | null;
  health(): BusHealth;
  close(): Promise<void>;
};

/** For the tools: every request of the readers, and what came of it. */
export type OnOutcome = (request: ReadRequest, outcome: ReadOutcome) => void;

export type ReaderOptions = {
  /** Place of the update counter among the source's points, null where it has none. */
  readonly counterIndex: number | null;
  /** What is known not to exist, and whom to tell more. */
  readonly illegal: readonly IllegalRange[];
  readonly onLearned: (illegal: readonly IllegalRange[]) => void;
  /** Told when the device takes so many registers at once at most. */
  readonly onBlockSize?: (maxBlock: number) => void;
  /** Machine ms between two reads; absent where it is read once. */
  readonly everyMs?: number;
  readonly clock: Pick<Clock, "monotonicMs" | "wallMs" | "scale">;
};

/** An adapter that is plugged in again is in use after so many real ms at most; to look for it costs nothing. */
const portReturnsMs = 1_000;

/** Most requests in flight on one Modbus TCP connection, whatever templates say. */
const maxPipeline = 16;

/** Starts connecting at once. */
export function openBus(bus: ResolvedBus, onEvent: (event: BusEvent) => void, onOutcome?: OnOutcome): OpenBus {
  const open = openKind(bus, onEvent, onOutcome);
  return {
    ...open,
    readerOf(source, options) {
      if (source.protocol !== "bus-health") return open.readerOf(source, options);
      return busHealthReader({ figures: source.figures, health: open.health, clock: options.clock });
    },
  };
}

function openKind(bus: ResolvedBus, onEvent: (event: BusEvent) => void, onOutcome: OnOutcome | undefined): OpenBus {
  switch (bus.kind) {
    case "modbus-tcp":
      return registerBus(bus, modbusTcp({ host: bus.host, port: bus.port }), { onEvent, onOutcome, maxInFlight: maxPipeline });
    case "modbus-rtu":
      return registerBus(bus, modbusRtu(bus.line), { onEvent, onOutcome, maxReconnectMs: portReturnsMs });
    case "rtu-over-tcp":
      return registerBus(bus, rtuOverTcp({ host: bus.host, port: bus.port }), { onEvent, onOutcome });
    case "http-json":
      return jsonBus(bus, httpJson(bus), onEvent);
    case "serial-text":
      return textBus(bus, serialText(serialStream(bus.line)), onEvent);
  }
}

function registerBus(
  { name, timeoutMs, retries }: ResolvedBus,
  open: OpenLink<ReadRequest, Uint16Array>,
  {
    onOutcome,
    ...more
  }: Pick<BusOptions<ReadRequest, Uint16Array>, "onEvent" | "maxReconnectMs" | "maxInFlight"> & { onOutcome: OnOutcome | undefined },
): OpenBus {
  const bus = new Bus({ name, open, timeoutMs, retries, ...more });
  const heard = onOutcome === undefined ? bus : { read: listening(bus, onOutcome) };
  return {
    registers: (request) => bus.read(request),
    health: () => bus.health(),
    close: () => bus.close(),
    readerOf(source, { counterIndex, illegal, onLearned, onBlockSize, clock }) {
      if (source.protocol !== "modbus") throw new Error(`bus ${name} does not speak ${source.protocol}`);
      const { forbidden, protocol: _, ...device } = source;
      const known = [...forbidden, ...illegal];
      // What the template forbids was not learned: it goes where the template no longer says so.
      const tell: ReaderOptions["onLearned"] = (all) => onLearned(all.filter((range) => !forbidden.includes(range)));
      const told = { onLearned: tell, ...(onBlockSize === undefined ? {} : { onBlockSize }) };
      return new DeviceReader({ bus: heard, ...device, counterIndex, illegal: known, ...told, clock });
    },
  };
}

function listening(bus: Bus<ReadRequest, Uint16Array>, onOutcome: OnOutcome): Bus<ReadRequest, Uint16Array>["read"] {
  return async (...asked) => {
    const outcome = await bus.read(...asked);
    onOutcome(asked[0], outcome);
    return outcome;
  };
}

function jsonBus(
  { name, timeoutMs, retries }: ResolvedBus,
  open: OpenLink<JsonRequest, JsonReply>,
  onEvent: (event: BusEvent) => void,
): OpenBus {
  const bus = new Bus({ name, open, timeoutMs, retries, onEvent });
  return {
    registers: null,
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
    registers: null,
    health: () => bus.health(),
    close: () => bus.close(),
    readerOf(source, { clock, everyMs = Number.POSITIVE_INFINITY }) {
      if (source.protocol !== "serial-text") throw new Error(`bus ${name} does not speak ${source.protocol}`);
      return textReader({ ...source, bus, everyMs, clock });
    },
  };
}
