// The clock of a program: machine time, which runs at `scale` times real time (1 in a plant; more in demonstrations, journeys and storms).
// All durations in configuration and all reported times are machine time; network deadlines stay real.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

import { Fault } from "./fault.ts";

export type Clock = {
  /** One boot of this box; monotonic times compare only within it. UUID. */
  readonly bootId: string;
  /** Machine milliseconds per real millisecond. */
  readonly scale: number;
  /** Machine time since some fixed moment of this boot, in ms. Never steps; the same in every process of the box. */
  monotonicMs(): number;
  /** Machine time of day as Unix time, in ms. For people; it may step. */
  wallMs(): number;
  /** False while the time of day is plainly wrong (a box without a battery boots in 1970). */
  isTrusted(): boolean;
  /** How long a duration of machine time takes in reality, in ms. For timers. */
  realMs(machineMs: number): number;
};

/** Environment variable by which processes share one scaled clock: `<scale>@<Unix ms at which machine time and real time agreed>`. */
export const clockVariable = "MILLWRIGHT_CLOCK";

const buildYearMs = Date.UTC(2026, 0, 1);

/** @param scale machine ms per real ms. @param originMs Unix time at which machine and real time of day agree. */
export function createClock({ scale = 1, originMs = 0 }: { scale?: number; originMs?: number } = {}): Clock {
  return {
    bootId: readBootId(),
    scale,
    monotonicMs: () => (Number(process.hrtime.bigint()) / 1e6) * scale,
    wallMs: () => (scale === 1 ? Date.now() : originMs + (Date.now() - originMs) * scale),
    isTrusted: () => Date.now() >= buildYearMs,
    realMs: (machineMs) => machineMs / scale,
  };
}

/** The clock the environment asks for; real time where it asks for none. @throws Fault clock_malformed. */
export function clockFromEnvironment(environment: NodeJS.ProcessEnv = process.env): Clock {
  const text = environment[clockVariable];
  if (text === undefined || text === "") return createClock();
  const match = /^(\d+(?:\.\d+)?)@(\d+)$/.exec(text);
  if (match === null || Number(match[1]) <= 0)
    throw new Fault("clock_malformed", "config", `${clockVariable} must be <scale>@<unix ms>, e.g. 20@1767225600000, not "${text}"`);
  return createClock({ scale: Number(match[1]), originMs: Number(match[2]) });
}

/** The text of `clockVariable` for a child process. */
export function clockText(scale: number, originMs: number): string {
  return `${scale}@${Math.round(originMs)}`;
}

// proc(5): random/boot_id is generated once at boot. Elsewhere: one id per process.
function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return randomUUID();
  }
}
