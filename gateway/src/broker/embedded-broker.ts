// The broker inside: aedes on loopback, with limits and rules, which it has none of by itself. It forgets everything when it stops;
// nothing may rest on it (agents keep what has no receipt, and say their state again).
import "@millwright/kit/mqtt-lengths";

import { randomBytes } from "node:crypto";
import type { EventEmitter } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { parseTopic } from "@millwright/contract/topics";
import { maxMessageBytes } from "@millwright/contract/up-message";
import { messageOf } from "@millwright/kit/fault";
import { Aedes, type AuthenticateError, type Client } from "aedes";
import { fault } from "../faults.ts";
import { packetLimit } from "./packet-limit.ts";

/** Room for the topic and the header beside the payload. */
export const maxPacketBytes = maxMessageBytes + 4 * 1024;
export const maxConnections = 1_000;
/** A client that takes nothing for so long (a stopped `mosquitto_sub`) is sent away: while it is waited for, nobody else gets anything either. */
const slowClientMs = 5_000;

/** How a gateway calls itself. A broker sends away who has the same name: nobody else may take it here. */
export const gatewayClientId = (store: string): string => `${gatewayPrefix}${store}`;
const gatewayPrefix = "millwright-gateway-";

export type EmbeddedBroker = {
  readonly port: number;
  /** Who the gateway is to this broker: nobody else may publish what goes down. Made anew at each start. */
  readonly login: { username: string; password: string };
  close(): Promise<void>;
};

/** Listens on `host`. @throws Fault broker_port_busy. */
export async function startEmbeddedBroker({
  host,
  port,
  onRefused,
}: {
  host: string;
  port: number;
  onRefused: (detail: string) => void;
}): Promise<EmbeddedBroker> {
  const login = { username: "gateway", password: randomBytes(24).toString("base64url") };
  const gateways = new WeakSet<Client>();
  const broker = await Aedes.createBroker({
    drainTimeout: slowClientMs,
    // No session outlives its connection: what a client that never returns has subscribed to would be kept for it, in memory and without a limit.
    preConnect: (_client, packet, done) => {
      packet.clean = true;
      done(null, true);
    },
    // There are no roles yet: on loopback anybody may be an agent. Only the gateway proves who it is.
    authenticate: (client, username, password, done) => {
      const isGateway = username === login.username;
      if ((isGateway && password?.toString() !== login.password) || (!isGateway && client.id.startsWith(gatewayPrefix)))
        return done(Object.assign(new Error("wrong password"), { returnCode: 4 }) as AuthenticateError, false);
      if (isGateway) gateways.add(client);
      done(null, true);
    },
    authorizePublish: (client, packet, done) => {
      const { topic, payload } = packet;
      const kind = parseTopic(topic)?.kind;
      const isAllowed =
        client === null || gateways.has(client) ? kind !== undefined || topic.startsWith("$SYS/") : kind === "up" || kind === "state";
      if (isAllowed && payload.length <= maxMessageBytes) {
        // Only a state is said to who comes later; a batch that stays would be taken again at every connect.
        if (kind !== "state") packet.retain = false;
        return done(null);
      }
      onRefused(`${client?.id ?? "the broker"} may not publish ${payload.length} bytes on ${topic}`);
      done(new Error("not allowed"));
    },
    authorizeSubscribe: (_client, subscription, done) =>
      done(null, subscription.topic.startsWith("millwright/v1/") || subscription.topic === "#" ? subscription : null),
  });
  // Its own errors (a will that may not be published) end no gateway.
  const emitter: EventEmitter = broker;
  emitter.on("error", (error: unknown) => onRefused(messageOf(error)));
  // Of every message that was under way to it a client tells the same mistake.
  const told = new WeakSet<Client>();
  for (const event of ["clientError", "connectionError"] as const) {
    broker.on(event, (client, error) => {
      if (isHangUp(error) || told.has(client)) return;
      told.add(client);
      onRefused(`${client?.id ?? "a client"}: ${error.message}`);
    });
  }

  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    broker.handle(limited(socket, onRefused));
  });
  server.maxConnections = maxConnections;
  await listen(server, host, port).catch(async (error: unknown) => {
    await closeBroker(broker);
    throw error;
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    login,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await closeBroker(broker);
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

const closeBroker = (broker: Aedes): Promise<void> => new Promise((resolve) => broker.close(() => resolve()));

// A client that goes, with or without a goodbye, is nothing to tell of.
const hangUps = ["ABORT_ERR", "ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "EPIPE"];
const isHangUp = (error: Error): boolean => "code" in error && hangUps.includes(String(error.code));

function limited(socket: Socket, onRefused: (detail: string) => void): Duplex {
  const limit = packetLimit(maxPacketBytes);
  // A documented form of `from` that its types leave out: https://nodejs.org/api/stream.html#streamduplexfromsrc
  const stream = Duplex.from({ readable: limit, writable: socket } as unknown as NodeJS.ReadableStream);
  const end = (error?: Error): void => {
    if (error !== undefined && !isHangUp(error)) onRefused(error.message);
    socket.destroy();
    stream.destroy();
  };
  limit.on("error", end);
  stream.on("error", () => socket.destroy());
  stream.on("close", () => socket.destroy());
  socket.on("error", () => stream.destroy());
  socket.on("close", () => stream.destroy());
  socket.pipe(limit);
  return stream;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? fault(
              "broker_port_busy",
              `port ${port} on ${host} is taken, so the embedded broker cannot start. Stop what listens there, or set broker.port`,
              error,
            )
          : error,
      ),
    );
    server.listen(port, host, () => resolve());
  });
}
