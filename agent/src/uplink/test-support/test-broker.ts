// A real broker for tests: the embedded one, or mosquitto as a process; both can be killed and started again on the same port.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Aedes } from "aedes";

export type TestBroker = { readonly url: string; kill(): Promise<void>; start(): Promise<void> };

export const mosquitto = "/usr/sbin/mosquitto";
export const hasMosquitto = existsSync(mosquitto);

/** Forgets everything when killed, as the embedded broker does. */
export async function startAedes(): Promise<TestBroker> {
  const port = await freePort();
  let running: { broker: Aedes; close: () => Promise<void> } | null = null;
  const broker: TestBroker = {
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      const aedes = await Aedes.createBroker();
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        aedes.handle(socket);
      });
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
      running = {
        broker: aedes,
        async close() {
          for (const socket of sockets) socket.destroy();
          server.close();
          await new Promise<void>((resolve) => aedes.close(resolve));
        },
      };
    },
    async kill() {
      await running?.close();
      running = null;
    },
  };
  await broker.start();
  return broker;
}

export async function startMosquitto(): Promise<TestBroker> {
  const port = await freePort();
  let child: ChildProcess | null = null;
  const broker: TestBroker = {
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      child = spawn(mosquitto, ["-p", String(port)], { stdio: "ignore" });
      await untilListening(port);
    },
    async kill() {
      if (child === null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
      child = null;
    },
  };
  await broker.start();
  return broker;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error(`mosquitto does not listen on ${port}`);
}
