// `status.json` in the agent's data_dir: written every few seconds of real time by the running agent, read by the tools. The agent has no listener.
// Not durable on purpose: it is worthless after a power cut, and a sync every five seconds would wear an SD card out. A reader never sees half
// a file (temporary file, then rename).
import { readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, createClock } from "@millwright/kit/clock";
import { messageOf } from "@millwright/kit/fault";
import * as v from "valibot";
import { AgentStatus } from "./agent-status.ts";

export type StatusFile = {
  /** Writes a last time that the agent stopped in order. */
  stop(): Promise<void>;
};

export type FoundStatus =
  | { readonly kind: "absent"; readonly detail: string }
  | { readonly kind: "unreadable"; readonly detail: string }
  | { readonly kind: "found"; readonly status: AgentStatus; readonly life: AgentLife };

/** `gone`: the agent was killed, or hangs; `silentMs` real ms since it wrote last, null where the box was started anew since. */
export type AgentLife =
  | { readonly state: "running" }
  | { readonly state: "stopped" | "gone"; readonly why: string; readonly silentMs: number | null };

const shortestEveryMs = 5_000;
/** A file of many machines is written more rarely: at most about 10 kB a second of it reaches the disk. */
const perMachineMs = 50;
const stalePeriods = 3;

export const statusFileOf = (dataDir: string): string => join(dataDir, "status.json");

type Collect = () => Promise<Omit<AgentStatus, "state" | "every_ms">>;

/** Writes now, then regularly. Trouble with the disk is told once, and ends nothing. */
export function startStatusFile(file: string, options: { collect: Collect; machines: number; warn: (text: string) => void }): StatusFile {
  const everyMs = Math.max(shortestEveryMs, options.machines * perMachineMs);
  let isTold = false;
  let work = Promise.resolve();
  const write = (state: AgentStatus["state"]): void => {
    work = work.then(async () => {
      try {
        await replace(file, { ...(await options.collect()), state, every_ms: everyMs });
      } catch (error) {
        if (!isTold) options.warn(`${file}: ${messageOf(error)}; \`status\` cannot show this agent`);
        isTold = true;
      }
    });
  };
  write("running");
  const timer = setInterval(() => write("running"), everyMs);
  return {
    async stop() {
      clearInterval(timer);
      write("stopped");
      await work;
    },
  };
}

async function replace(file: string, status: AgentStatus): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, `${JSON.stringify(status)}\n`, { mode: 0o644 });
  await rename(temporary, file);
}

/** What the file says, and whether the agent that wrote it still runs. */
export function readStatusFile(file: string, now: Pick<Clock, "bootId" | "monotonicMs" | "wallMs"> = createClock()): FoundStatus {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const detail = messageOf(error);
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? { kind: "absent", detail } : { kind: "unreadable", detail };
  }
  try {
    const parsed = v.safeParse(AgentStatus, JSON.parse(text));
    if (!parsed.success) return { kind: "unreadable", detail: "it was written by another version of Millwright" };
    return { kind: "found", status: parsed.output, life: lifeOf(parsed.output, now) };
  } catch (error) {
    return { kind: "unreadable", detail: messageOf(error) };
  }
}

function lifeOf(status: AgentStatus, now: Pick<Clock, "bootId" | "monotonicMs" | "wallMs">): AgentLife {
  const isThisBoot = status.boot_id === now.bootId;
  const silentMs = isThisBoot ? Math.max(0, now.monotonicMs() - status.written_monotonic_ms) : null;
  if (status.state === "stopped") return { state: "stopped", why: "it was stopped in order", silentMs };
  if (silentMs === null) return { state: "gone", why: "the box was started anew, and the agent was not", silentMs };
  if (!isAlive(status.pid)) return { state: "gone", why: `its process ${status.pid} ended without a word`, silentMs };
  if (silentMs > stalePeriods * status.every_ms) return { state: "gone", why: `its process ${status.pid} is there, but silent`, silentMs };
  return { state: "running" };
}

// kill(2): signal 0 only asks. EPERM: it is there, and another user's.
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
