// A serial port made of a pseudo terminal, under a path of our choice: socat holds its other end. It can be taken away and comes back under the same path.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, existsSync, lstatSync, openSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { simFault } from "../faults.ts";
import type { RtuPort, RtuPortListener } from "./rtu-port.ts";

/** How long socat may take to make the pty. */
const startMs = 5_000;

type Plugged = { socat: ChildProcess; heldOpen: number };

/** Somebody else ended socat, or the path could not be made again: tried once in so long. */
const againMs = 500;

/** @throws Fault no_socat, or cannot_make_pty. */
export async function openPtyPort(path: string, { onBytes }: RtuPortListener): Promise<RtuPort> {
  let plugged: Plugged | null = null;
  let isClosed = false;
  let back: NodeJS.Timeout | undefined;
  const plugIn = async (): Promise<void> => {
    const now = await plug(path, onBytes);
    plugged = now;
    now.socat.once("exit", () => {
      if (plugged !== now) return;
      closeSync(now.heldOpen);
      plugged = null;
      comeBack(againMs);
    });
    if (isClosed) await pull(now);
  };
  const comeBack = (afterMs: number): void => {
    if (!isClosed) back = setTimeout(() => void plugIn().catch(() => comeBack(againMs)), afterMs);
  };
  const pull = ({ socat, heldOpen }: Plugged): Promise<unknown> => {
    plugged = null;
    closeSync(heldOpen);
    const gone = once(socat, "exit");
    socat.kill();
    return gone;
  };
  await plugIn();
  return {
    at: { pty: path },
    write: (bytes) => void plugged?.socat.stdin?.write(bytes),
    cut(awayMs) {
      if (plugged !== null) void pull(plugged).then(() => comeBack(awayMs));
    },
    async close() {
      isClosed = true;
      clearTimeout(back);
      if (plugged !== null) await pull(plugged);
    },
  };
}

async function plug(path: string, onBytes: (chunk: Buffer) => void): Promise<Plugged> {
  await makeRoom(path);
  const socat = spawn("socat", ["-t0", `PTY,raw,echo=0,link=${path}`, "STDIO"], { stdio: ["pipe", "pipe", "pipe"] });
  let errors = "";
  let failed: Error | null = null;
  socat.on("error", (error) => {
    failed = error;
  });
  socat.stderr.on("data", (chunk) => {
    errors = `${errors}${chunk}`.slice(-2_000);
  });
  socat.stdin.on("error", () => {}); // Bytes for a pty that was just taken away.
  const deadlineMs = performance.now() + startMs;
  while (!existsSync(path)) {
    if (failed !== null)
      throw simFault("no_socat", "socat is missing, which makes the serial port. Install it: sudo apt install socat", failed);
    if (socat.exitCode !== null || performance.now() > deadlineMs) {
      socat.kill();
      throw simFault(
        "cannot_make_pty",
        `${path} cannot be made: ${errors.trim() || "socat said nothing"}. Choose a path in a folder that may be written.`,
      );
    }
    await sleep(2);
  }
  // While we hold it open, too, socat does not end when the master closes the port.
  const heldOpen = openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  socat.stdout.on("data", onBytes);
  return { socat, heldOpen };
}

// A dangling link was left behind by a simulator that was killed; one that leads somewhere may be on its way out.
async function makeRoom(path: string): Promise<void> {
  for (let tries = 0; existsSync(path) && isLink(path) && tries < 50; tries++) await sleep(10);
  if (existsSync(path))
    throw simFault("cannot_make_pty", `${path} is there already. Stop the program that uses it, or choose another path.`);
  if (isLink(path)) rmSync(path);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
