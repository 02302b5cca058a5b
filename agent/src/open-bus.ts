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
import type { BusRequest, Outcome, ReadFailure, ReadOutcome, ReadRequest } from "./registers/read-outcome.ts";
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

/** For the tools: what came of one request of a reader. */
export type Heard = {
  readonly unit: BusRequest["unit"];
  readonly failure: ReadFailure | null;
  /** null where it failed, and on buses without registers. */
  readonly registers: { readonly request: ReadRequest; readonly reply: Uint16Array } | null;
};
type OnHeard = (heard: Heard) => void;

export type ReaderOptions = {
  /** Place of the update counter among the source's points, null where it has none. */
  readonly counterIndex: number | null;
  /** Told what the device does not have. */
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
export function openBus(bus: ResolvedBus, onEvent: (event: BusEvent) => void, onHeard?: OnHeard): OpenBus {
  const open = openKind(bus, onEvent, onHeard);
  return {
    ...open,
    readerOf(source, options) {
      if (source.protocol !== "bus-health") return open.readerOf(source, options);
      return busHealthReader({ figures: source.figures, health: open.health, clock: options.clock });
    },
  };
}

function openKind(bus: ResolvedBus, onEvent: (event: BusEvent) => void, onHeard: OnHeard | undefined): OpenBus {
  switch (bus.kind) {
    case "modbus-tcp":
      return registerBus(bus, modbusTcp({ host: bus.host, port: bus.port }), { onEvent, onHeard, maxInFlight: maxPipeline });
    case "modbus-rtu":
      return registerBus(bus, modbusRtu(bus.line), { onEvent, onHeard, maxReconnectMs: portReturnsMs });
    case "rtu-over-tcp":
      return registerBus(bus, rtuOverTcp({ host: bus.host, port: bus.port }), { onEvent, onHeard });
    case "http-json":
      return jsonBus(bus, httpJson(bus), onEvent, onHeard);
    case "serial-text":
      return textBus(bus, serialText(serialStream(bus.line)), onEvent, onHeard);
  }
}

function registerBus(
  { name, timeoutMs, retries }: ResolvedBus,
  open: OpenLink<ReadRequest, Uint16Array>,
  {
    onHeard,
    ...more
  }: Pick<BusOptions<ReadRequest, Uint16Array>, "onEvent" | "maxReconnectMs" | "maxInFlight"> & { onHeard: OnHeard | undefined },
): OpenBus {
  const bus = new Bus({ name, open, timeoutMs, retries, ...more });
  const heard = listening(bus, onHeard, (request, reply) => ({ request, reply }));
  return {
    registers: (request) => bus.read(request),
    health: () => bus.health(),
    close: () => bus.close(),
    readerOf(source, { counterIndex, onLearned, onBlockSize, clock }) {
      if (source.protocol !== "modbus") throw new Error(`bus ${name} does not speak ${source.protocol}`);
      const { protocol: _, ...device } = source;
      const told = { onLearned, ...(onBlockSize === undefined ? {} : { onBlockSize }) };
      return new DeviceReader({ bus: heard, ...device, counterIndex, ...told, clock });
    },
  };
}

// The bus itself where nobody listens: the agent's reads take no step more.
function listening<Request extends BusRequest, Reply>(
  bus: Bus<Request, Reply>,
  onHeard: OnHeard | undefined,
  registersOf: (request: Request, reply: Reply) => Heard["registers"] = () => null,
): Pick<Bus<Request, Reply>, "read"> {
  if (onHeard === undefined) return bus;
  return {
    async read(request, pace): Promise<Outcome<Reply>> {
      const outcome = await bus.read(request, pace);
      const [failure, registers] = outcome.ok ? [null, registersOf(request, outcome.reply)] : [outcome, null];
      onHeard({ unit: request.unit, failure, registers });
      return outcome;
    },
  };
}

function jsonBus(
  { name, timeoutMs, retries }: ResolvedBus,
  open: OpenLink<JsonRequest, JsonReply>,
  onEvent: (event: BusEvent) => void,
  onHeard: OnHeard | undefined,
): OpenBus {
  const bus = new Bus({ name, open, timeoutMs, retries, onEvent });
  const heard = listening(bus, onHeard);
  return {
    registers: null,
    health: () => bus.health(),
    close: () => bus.close(),
    readerOf(source, { clock }) {
      if (source.protocol !== "http-json") throw new Error(`bus ${name} does not speak ${source.protocol}`);
      return jsonReader({ ...source, bus: heard, clock });
    },
  };
}

function textBus(
  { name, timeoutMs, retries }: ResolvedBus,
  open: OpenLink<TextRequest, TextReply>,
  onEvent: (event: BusEvent) => void,
  onHeard: OnHeard | undefined,
): OpenBus {
  const bus = new Bus({ name, open, timeoutMs, retries, maxReconnectMs: portReturnsMs, onEvent });
  const heard = listening(bus, onHeard);
  return {
    registers: null,
    health: () => bus.health(),
    close: () => bus.close(),
    readerOf(source, { clock, everyMs = Number.POSITIVE_INFINITY }) {
      if (source.protocol !== "serial-text") throw new Error(`bus ${name} does not speak ${source.protocol}`);
      return textReader({ ...source, bus: heard, everyMs, clock });
    },
  };
}
