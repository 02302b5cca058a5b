// Devices → open TCP ports and RTU lines. All or none: where one cannot be opened, those before it are closed again.
import { createRandom } from "../random/random.ts";
import type { ScenarioLine } from "../scenario.ts";
import type { LineSettings } from "../wire/line-settings.ts";
import { startModbusTcpServer } from "../wire/modbus-tcp-server.ts";
import { isOpenedAs, serialSettingsVariable } from "../wire/opened-settings.ts";
import { openPtyPort } from "../wire/pty-port.ts";
import { openRtuTcpPort } from "../wire/rtu-tcp-port.ts";
import { type RunningRtuLine, runRtuLine } from "../wire/run-rtu-line.ts";
import type { WireDevice } from "../wire/wire-device.ts";
import type { Place } from "./place-machines.ts";

export type OpenWire = {
  /** The TCP server's or the line's name. */
  readonly name: string;
  readonly transport: Place["transport"];
  /** A path, where it is a pty. */
  readonly at: { readonly pty: string } | { readonly port: number };
  /** Frames spoilt because two spoke at once; 0 on TCP. */
  readonly overlaps: number;
  /** Drops the connections, or takes the pty away for so long. */
  cut(awayMs: number): void;
  close(): Promise<void>;
};

export type WiredDevice = { place: Place; device: WireDevice };

export const wireName = (place: Place): string => (place.transport === "tcp" ? place.server : place.line);

/** @param seed decides what spoilt bytes look like. @throws Fault of the first wire that cannot be opened. */
export async function openWires(
  devices: readonly WiredDevice[],
  lines: Readonly<Record<string, ScenarioLine>>,
  seed: number,
): Promise<OpenWire[]> {
  const open: OpenWire[] = [];
  try {
    for (const [name, here] of Map.groupBy(devices, ({ place }) => wireName(place))) {
      const { place } = here[0] as WiredDevice;
      const served = here.map(({ device }) => device);
      open.push(
        place.transport === "tcp" ? await openServer(place, served) : await openLine(name, lines[name] as ScenarioLine, served, seed),
      );
    }
    return open;
  } catch (error) {
    await Promise.all(open.map((wire) => wire.close()));
    throw error;
  }
}

async function openServer(place: Place & { transport: "tcp" }, devices: WireDevice[]): Promise<OpenWire> {
  const { port, cut, close } = await startModbusTcpServer({ port: place.port, devices });
  return { name: place.server, transport: "tcp", at: { port }, overlaps: 0, cut, close };
}

async function openLine(name: string, line: ScenarioLine, devices: WireDevice[], seed: number): Promise<OpenWire> {
  const { baud, parity, data_bits, stop_bits, turnaround, pty } = line;
  const settings: LineSettings = { baud, parity, dataBits: data_bits, stopBits: stop_bits, turnaroundMs: turnaround };
  const random = createRandom(`line/${seed}/${name}`);
  const running: RunningRtuLine =
    pty === undefined
      ? await runRtuLine({ devices, settings, random }, (listener) => openRtuTcpPort(line.rtu_tcp ?? 0, listener))
      : await runRtuLine(
          { devices, settings, random, isHeardRight: () => isOpenedAs(settings, pty, process.env[serialSettingsVariable]) },
          (listener) => openPtyPort(pty, listener),
        );
  return {
    name,
    transport: pty === undefined ? "rtu_tcp" : "pty",
    at: running.port.at,
    get overlaps() {
      return running.overlaps;
    },
    cut: (awayMs) => running.cut(awayMs),
    close: () => running.close(),
  };
}
