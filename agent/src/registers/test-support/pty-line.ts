// A serial port made by socat, with an RTU slave behind it: an adapter that can be pulled and plugged in again.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SerialLine } from "../serial-line.ts";

/** Why tests with a serial port are skipped here; false where they are not. */
export const noSocat: string | false = spawnSync("socat", ["-V"]).error === undefined ? false : "socat is not installed";

export class PtyLine {
  readonly #folder = mkdtempSync(join(tmpdir(), "millwright-pty-"));
  readonly #slavePort: number;
  #socat: ChildProcess | null = null;

  private constructor(slavePort: number) {
    this.#slavePort = slavePort;
  }

  static async plug(slavePort: number): Promise<PtyLine> {
    const line = new PtyLine(slavePort);
    await line.plug();
    return line;
  }

  get line(): SerialLine {
    return { path: join(this.#folder, "line"), baud: 19_200, dataBits: 8, parity: "even", stopBits: 1, sendEnable: "driver" };
  }

  get isPlugged(): boolean {
    return this.#socat !== null && this.#socat.exitCode === null && this.#socat.signalCode === null;
  }

  async plug(): Promise<void> {
    this.#socat = spawn("socat", ["-t0", `pty,raw,echo=0,link=${this.line.path}`, `tcp:127.0.0.1:${this.#slavePort},nodelay`]);
    while (!existsSync(this.line.path)) await sleep(2);
  }

  async pull(): Promise<void> {
    const socat = this.#socat;
    this.#socat = null;
    if (socat === null || socat.exitCode !== null || socat.signalCode !== null) return;
    socat.kill();
    await once(socat, "exit");
  }

  /** Pulls it between two steps of this process: when it returns the port has hung up, and nothing else has run. */
  pullAtOnce(): void {
    const socat = this.#socat as ChildProcess;
    socat.kill();
    while (!/^\d+ \(socat\) Z/.test(readFileSync(`/proc/${socat.pid}/stat`, "utf8")));
  }

  async remove(): Promise<void> {
    await this.pull();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
