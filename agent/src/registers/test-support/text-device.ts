// A device that speaks lines of text, on a pty by socat: what is sent to it is given to a test's behaviour, and what that writes reaches us.
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

export class TextDevice {
  /** Our end of the line. */
  readonly path: string;
  /** Called with every command, without its line end. */
  onCommand: (command: string) => void = () => {};
  readonly #dir: string;
  #socat: ChildProcessByStdio<Writable, Readable, null> | null = null;

  private constructor() {
    this.#dir = mkdtempSync(join(tmpdir(), "millwright-text-"));
    this.path = join(this.#dir, "agent");
  }

  static async start(onCommand: (command: string) => void = () => {}): Promise<TextDevice> {
    const device = new TextDevice();
    device.onCommand = onCommand;
    await device.plugIn();
    return device;
  }

  say(text: string | Buffer): void {
    this.#socat?.stdin.write(typeof text === "string" ? Buffer.from(text, "latin1") : text);
  }

  async plugIn(): Promise<void> {
    const socat = spawn("socat", [`pty,rawer,link=${this.path}`, "-"], { stdio: ["pipe", "pipe", "ignore"] });
    let rest = "";
    socat.stdout.on("data", (chunk: Buffer) => {
      const commands = (rest + chunk.toString("latin1")).split("\n");
      rest = commands.pop() ?? "";
      for (const command of commands) this.onCommand(command.trim());
    });
    socat.stdin.on("error", () => {});
    this.#socat = socat;
    while (!isThere(this.path)) await sleep(5);
  }

  /** As if the adapter were pulled: the port is gone. */
  async pull(): Promise<void> {
    const socat = this.#socat;
    this.#socat = null;
    if (socat === null) return;
    const ended = once(socat, "exit");
    socat.kill();
    await ended;
  }

  async stop(): Promise<void> {
    await this.pull();
    rmSync(this.#dir, { recursive: true });
  }
}

function isThere(link: string): boolean {
  try {
    return readlinkSync(link) !== "";
  } catch {
    return false;
  }
}
