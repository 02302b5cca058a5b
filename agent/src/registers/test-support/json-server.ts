// An HTTP server for tests that does to each request whatever a test says, counts its connections, and remembers what was asked.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export type HttpBehaviour = (request: IncomingMessage, response: ServerResponse) => unknown;

export const answerJson =
  (document: unknown): HttpBehaviour =>
  (_, response) =>
    response.setHeader("content-type", "application/json").end(JSON.stringify(document));

export class JsonServer {
  behaviour: HttpBehaviour;
  readonly asked: IncomingMessage[] = [];
  connections = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(behaviour: HttpBehaviour) {
    this.behaviour = behaviour;
    this.#server = createServer((request, response) => {
      this.asked.push(request);
      this.behaviour(request, response);
    });
    this.#server.on("connection", (socket) => {
      this.connections++;
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  /** Listens on `port`, any free one where absent. */
  static async start(behaviour: HttpBehaviour = answerJson({}), port = 0): Promise<JsonServer> {
    const server = new JsonServer(behaviour);
    server.#server.listen(port, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get open(): number {
    return this.#sockets.size;
  }

  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.dropAll();
    await closed;
  }
}
