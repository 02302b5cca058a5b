// One Modbus TCP connection to a server that behaves as told; both are gone afterwards.
import { type Link, newLinkCounters } from "../link.ts";
import { modbusTcp } from "../modbus-tcp.ts";
import type { ReadRequest } from "../read-outcome.ts";
import { type Behaviour, HostileServer } from "./hostile-server.ts";

export const request: ReadRequest = { unit: 3, table: "holding", address: 100, count: 4 };

export async function withLink(
  behaviour: Behaviour,
  body: (link: Link<ReadRequest, Uint16Array>, server: HostileServer, counters: ReturnType<typeof newLinkCounters>) => Promise<void>,
): Promise<void> {
  const server = await HostileServer.start(behaviour);
  const counters = newLinkCounters();
  const open = modbusTcp({ host: "127.0.0.1", port: server.port });
  const link = await open({ counters, closeAfterTimeouts: 3, signal: new AbortController().signal });
  try {
    await body(link, server, counters);
  } finally {
    link.close();
    await server.stop();
  }
}
