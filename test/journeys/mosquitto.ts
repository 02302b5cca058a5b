// mosquitto as the broker of a journey: a real process, without persistence, as forgetful as a broker may be.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

const binary = ["/usr/sbin/mosquitto", "/usr/bin/mosquitto", "/usr/local/sbin/mosquitto"].find((path) => existsSync(path));

export const hasMosquitto = (): boolean => binary !== undefined;

export type Mosquitto = { kill(): Promise<void>; restart(): Promise<void> };

/** Starts mosquitto on `port` of this machine; resolves when it takes connections. */
export async function startMosquitto(folder: string, port: number): Promise<Mosquitto> {
  if (binary === undefined) throw new Error("mosquitto is not installed");
  const file = join(folder, "mosquitto.conf");
  writeFileSync(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n`);
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(binary, ["-c", file], { stdio: "ignore" });
    await waitForPort(port);
    return child;
  };
  let child = await start();
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => {
      child.once("exit", resolve);
      child.kill("SIGKILL");
    });
  };
  return {
    kill,
    async restart() {
      await kill();
      child = await start();
    },
  };
}

async function waitForPort(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await canConnect(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on port ${port} after 5 s`);
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
