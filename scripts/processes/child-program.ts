// One of our programs as a real process: its JSON lines as events, its end as a promise, and nothing left running afterwards.
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

export type Line = { event: string } & Record<string, unknown>;

export type ChildProgram = {
  readonly name: string;
  readonly pid: number;
  /** Every event so far, in order. */
  readonly lines: readonly Line[];
  /** The last lines of stderr, for when it went wrong. */
  readonly errors: readonly string[];
  /** Somebody asked it to end. */
  readonly isEnding: boolean;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  on(listener: (line: Line) => void): void;
  /** The first line (already seen or to come) that fits. Rejects when the program ends first, or after `timeoutMs` of real time. */
  waitFor(event: string, timeoutMs: number, fits?: (line: Line) => boolean): Promise<Line>;
  /** SIGTERM, then SIGKILL after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  /** SIGKILL at once. */
  kill(): Promise<void>;
};

const keptErrors = 200;

/** Starts `file` with Node; its stdout is JSON lines. Children are in a process group of their own, so that Ctrl-C reaches only us. */
export function startProgram(name: string, file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProgram {
  const { variables, options } = firstLineOf(file);
  const child = spawn(process.execPath, [...options, file, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...variables, ...environment },
  });
  const lines: Line[] = [];
  const errors: string[] = [];
  const emitter = new EventEmitter().setMaxListeners(0);
  let result: number | string | null = null;
  let isEnding = false;
  const ended = endOf(child).then((end) => {
    result = end;
    emitter.emit("end");
    return end;
  });

  readLines(child, "stdout", (text) => {
    const line = parseLine(text);
    if (line === null) errors.push(text);
    else {
      lines.push(line);
      emitter.emit("line", line);
    }
  });
  readLines(child, "stderr", (text) => {
    errors.push(text);
    if (errors.length > keptErrors) errors.shift();
  });

  const waitFor: ChildProgram["waitFor"] = (event, timeoutMs, fits = () => true) =>
    new Promise((resolve, reject) => {
      const isIt = (line: Line): boolean => line.event === event && fits(line);
      const seen = lines.find(isIt);
      if (seen !== undefined) return resolve(seen);
      const failed = (why: string): Error => new Error(`${name} ${why} before "${event}"\n${errors.slice(-10).join("\n")}`);
      if (result !== null) return reject(failed(`ended (${result})`));
      const done = (settle: () => void): void => {
        clearTimeout(timer);
        emitter.off("line", onLine);
        emitter.off("end", onEnd);
        settle();
      };
      const onLine = (line: Line): void => {
        if (isIt(line)) done(() => resolve(line));
      };
      const onEnd = (): void => done(() => reject(failed(`ended (${result})`)));
      const timer = setTimeout(() => done(() => reject(failed(`said nothing for ${timeoutMs} ms`))), timeoutMs);
      emitter.on("line", onLine);
      emitter.on("end", onEnd);
    });

  const signal = (which: NodeJS.Signals): void => {
    isEnding = true;
    if (result === null) child.kill(which);
  };

  return {
    name,
    pid: child.pid ?? -1,
    lines,
    errors,
    ended,
    get isEnding() {
      return isEnding;
    },
    on: (listener) => void emitter.on("line", listener),
    waitFor,
    async stop(graceMs = 8_000) {
      signal("SIGTERM");
      const timer = setTimeout(() => signal("SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
    },
    async kill() {
      signal("SIGKILL");
      await ended;
    },
  };
}

/** What a program's first line asks for when it is started as a user would: `#!/usr/bin/env -S NAME=value node --option`. */
function firstLineOf(file: string): { variables: Record<string, string>; options: string[] } {
  const [firstLine = ""] = readFileSync(file, "utf8").split("\n", 1);
  const [, before = "", after = ""] = /^#!\/usr\/bin\/env -S (.*)\bnode\b(.*)$/.exec(firstLine) ?? [];
  const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");
  return { variables: Object.fromEntries(words(before).map((word) => word.split("=", 2) as [string, string])), options: words(after) };
}

function endOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signalName) => resolve(code ?? signalName ?? "unknown"));
  });
}

function readLines(child: ChildProcess, stream: "stdout" | "stderr", onLine: (text: string) => void): void {
  const input = child[stream];
  if (input !== null) createInterface({ input }).on("line", onLine);
}

function parseLine(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "event" in value ? (value as Line) : null;
  } catch {
    return null;
  }
}
