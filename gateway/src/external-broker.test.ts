// The same loop over a broker of one's own: mosquitto, killed in the middle and started again without its memory.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { prediction, telemetry } from "./test-support/records.ts";
import { startTestGateway, testFolder } from "./test-support/start-test-gateway.ts";
import { startTestAgent } from "./test-support/test-agent.ts";
import { until } from "./test-support/until.ts";

const mosquitto = "/usr/sbin/mosquitto";

test("mosquitto killed and restarted: nothing is lost, one ticket", {
  skip: existsSync(mosquitto) ? false : `${mosquitto} is not installed: scripts/install-test-tools.sh`,
  timeout: 90_000,
}, async () => {
  const port = await freePort();
  let broker = await startMosquitto(port);
  const gateway = await startTestGateway({ broker: { kind: "external", url: `mqtt://127.0.0.1:${port}` } });
  const agent = await startTestAgent(`mqtt://127.0.0.1:${port}`);
  try {
    await agent.deliver("telemetry", [telemetry({ seq: 1 })]);
    await agent.deliver("prediction", [prediction({ seq: 1 })]);
    broker.kill("SIGKILL");
    broker = await startMosquitto(port);
    await agent.deliver("prediction", [prediction({ seq: 1 }), prediction({ seq: 2 })]);
    await agent.deliver("telemetry", [telemetry({ seq: 2 })]);
    const { tickets } = (await gateway.get<{ tickets: unknown[] }>("/api/tickets")).body;
    assert.equal(tickets.length, 1);
  } finally {
    await agent.close();
    await gateway.close();
    broker.kill("SIGKILL");
  }
});

async function startMosquitto(port: number): Promise<ChildProcess> {
  const file = join(testFolder(), "mosquitto.conf");
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const child = spawn(mosquitto, ["-c", file], { stdio: "ignore" });
  await until(
    () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => {
          socket.destroy();
          resolve(true);
        });
        socket.on("error", () => resolve(false));
      }),
    "mosquitto",
  );
  return child;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await until(() => server.listening, "a port");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
