// A bus over Modbus TCP at a server that behaves as told; both are gone afterwards.
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { Bus, type BusOptions } from "../bus.ts";
import { modbusTcp } from "../modbus-tcp.ts";
import type { ReadRequest } from "../read-outcome.ts";
import { type Behaviour, HostileServer } from "./hostile-server.ts";

export const request: ReadRequest = { unit: 1, table: "holding", address: 10, count: 2 };
/** Of a reply, where a test says nothing else. */
export const timeoutMs = 60;

type TcpBus = Bus<ReadRequest, Uint16Array>;
type TcpBusOptions = Partial<BusOptions<ReadRequest, Uint16Array>>;

export function busAt(port: number, options: TcpBusOptions = {}): TcpBus {
  return new Bus({ name: "b", open: modbusTcp({ host: "127.0.0.1", port }), timeoutMs, retries: 0, ...options });
}

export async function withBus(
  behaviour: Behaviour,
  options: TcpBusOptions,
  body: (bus: TcpBus, server: HostileServer) => Promise<void>,
): Promise<void> {
  const server = await HostileServer.start(behaviour);
  const bus = busAt(server.port, options);
  try {
    await body(bus, server);
  } finally {
    await bus.close();
    await server.stop();
  }
}

export async function until(condition: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  const startedMs = performance.now();
  while (!(await condition())) {
    assert.ok(performance.now() - startedMs < withinMs, "did not come about in time");
    await sleep(5);
  }
}
