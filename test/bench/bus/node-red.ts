// Node-RED with node-red-contrib-modbus, installed beside this project's cache, with one flow a device: poll → decode floats → publish at QoS 1.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../scripts/processes/free-port.ts";

// node-red-contrib-modbus wants a fork of modbus-serial that no npm registry has; it works with modbus-serial itself.
const peers = {
  name: "millwright-bench-peers",
  private: true,
  dependencies: { "node-red": "4.1.1", "node-red-contrib-modbus": "5.60.2" },
  overrides: { "@openp4nr/modbus-serial": "npm:modbus-serial@8.0.25" },
};
const cache = fileURLToPath(new URL("../../../node_modules/.cache/millwright-bench/node-red", import.meta.url));

export type NodeRedOptions = {
  folder: string;
  devices: number;
  points: number;
  everyMs: number;
  firstPort: number;
  brokerPort: number;
  say: (text: string) => void;
};

/** @returns null where it cannot be installed here. Polling has begun when it resolves. */
export async function startNodeRed(options: NodeRedOptions): Promise<{ pid: number; stop(): Promise<void> } | null> {
  if (!isInstalled(options.say)) return null;
  const home = join(options.folder, "node-red");
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "flows.json"), JSON.stringify(flowsOf(options)));
  writeFileSync(join(home, "settings.js"), settingsOf(await freePort()));
  const red = join(cache, "node_modules/node-red/red.js");
  const child = spawn(process.execPath, [red, "-u", home, "-s", join(home, "settings.js"), join(home, "flows.json")], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_PATH: join(cache, "node_modules") },
  });
  child.stderr.resume();
  await started(child);
  return {
    pid: child.pid ?? 0,
    async stop() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

function isInstalled(say: (text: string) => void): boolean {
  if (existsSync(join(cache, "node_modules/node-red-contrib-modbus"))) return true;
  say("installing Node-RED for the bench; this takes some minutes");
  mkdirSync(cache, { recursive: true });
  writeFileSync(join(cache, "package.json"), JSON.stringify(peers));
  try {
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--silent"], { stdio: "pipe", cwd: cache });
    return true;
  } catch (error) {
    say(`Node-RED cannot be installed here: ${String(error).split("\n")[0]}`);
    return false;
  }
}

async function started(child: ChildProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  child.stdout?.on("data", (chunk: Buffer) => {
    if (chunk.includes("Started flows")) resolve();
  });
  await Promise.race([promise, once(child, "exit").then(() => Promise.reject(new Error("Node-RED ended at once"))), sleep(60_000)]);
}

const settingsOf = (port: number): string =>
  `module.exports = { uiPort: ${port}, uiHost: "127.0.0.1", nodesDir: ${JSON.stringify(join(cache, "node_modules/node-red-contrib-modbus"))}, logging: { console: { level: "info", metrics: false, audit: false } }, telemetry: { enabled: false } };\n`;

function flowsOf({ devices, points, everyMs, firstPort, brokerPort }: NodeRedOptions): unknown[] {
  const tab = { id: "tab", type: "tab", label: "bench" };
  const broker = {
    id: "broker",
    type: "mqtt-broker",
    broker: "127.0.0.1",
    port: String(brokerPort),
    clientid: "",
    autoConnect: true,
    protocolVersion: "4",
    keepalive: "60",
  };
  const out = { id: "out", type: "mqtt out", z: "tab", topic: "", qos: "1", retain: "false", broker: "broker", wires: [] };
  const decode = {
    id: "decode",
    type: "function",
    z: "tab",
    func: `const words = msg.payload; const bytes = Buffer.allocUnsafe(words.length * 2);
for (let i = 0; i < words.length; i++) bytes.writeUInt16BE(words[i], 2 * i);
const values = []; for (let i = 0; i + 4 <= bytes.length; i += 4) values.push(bytes.readFloatBE(i));
return { topic: msg.topic, payload: JSON.stringify({ t: Date.now(), values }) };`,
    outputs: 1,
    wires: [["out"]],
  };
  const reads = Array.from({ length: devices }, (_, i) => [
    {
      id: `client${i}`,
      type: "modbus-client",
      name: `d${i}`,
      clienttype: "tcp",
      bufferCommands: true,
      stateLogEnabled: false,
      queueLogEnabled: false,
      failureLogEnabled: false,
      tcpHost: "127.0.0.1",
      tcpPort: String(firstPort + i),
      tcpType: "DEFAULT",
      unit_id: "1",
      commandDelay: "1",
      clientTimeout: "1000",
      reconnectOnTimeout: true,
      reconnectTimeout: "2000",
      parallelUnitIdsAllowed: true,
    },
    {
      id: `read${i}`,
      type: "modbus-read",
      z: "tab",
      name: `d${i}`,
      topic: `bench/d${i}`,
      showStatusActivities: false,
      logIOActivities: false,
      showErrors: false,
      unitid: "1",
      dataType: "HoldingRegister",
      adr: "0",
      quantity: String(2 * points),
      rate: String(everyMs),
      rateUnit: "ms",
      delayOnStart: false,
      server: `client${i}`,
      useIOFile: false,
      useIOForPayload: false,
      emptyMsgOnFail: false,
      wires: [["decode"], []],
    },
  ]);
  return [tab, broker, ...reads.flat(), decode, out];
}
