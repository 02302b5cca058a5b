// The control socket: faults set while the simulator runs. In: one JSON object a line. Out: one JSON object a line, `{"ok": true, …}` or
// `{"ok": false, "error": …}`. Bounded: 16 connections, 64 KiB a line.
import { chmodSync, lstatSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { MachineName } from "@millwright/contract/names";
import { describeIssues } from "@millwright/kit/describe-issues";
import { messageOf } from "@millwright/kit/fault";
import * as v from "valibot";
import { simFault } from "../faults.ts";
import { misplacedFaults, transportWords, WireFaultSettings } from "../wire/fault-settings.ts";
import { sumOfCounts, type WireFaults } from "../wire/wire-faults.ts";
import type { OpenWire } from "./open-wires.ts";
import type { Place } from "./place-machines.ts";

export type Controlled = { readonly name: string; readonly unit: number; readonly place: Place; readonly faults: WireFaults };
export type ControlServer = { close(): Promise<void> };

/** All machines, or those of that unit, that name, that line. */
const which = { unit: v.optional(v.number()), machine: v.optional(MachineName), line: v.optional(MachineName) };

const orders = {
  faults: v.strictObject({ ...which, faults: WireFaultSettings }),
  unplug_ms: v.strictObject({ line: v.optional(MachineName), unplug_ms: v.pipe(v.number(), v.minValue(1), v.maxValue(86_400_000)) }),
  disconnect: v.strictObject({ disconnect: v.literal(true) }),
  counts: v.strictObject({ counts: v.literal(true) }),
  who: v.strictObject({ who: v.literal(true) }),
} as const;
type Order = { [Name in keyof typeof orders]: v.InferOutput<(typeof orders)[Name]> }[keyof typeof orders];
const orderNames = Object.keys(orders) as (keyof typeof orders)[];

const maxLineBytes = 65_536;
/** Real ms after which who serves a socket is not asked any longer who it is. */
const holderAnswersMs = 1_000;

/** @param path of a Unix socket; only this user may use it. @throws Fault control_in_use, no_control */
export async function startControlServer(
  path: string,
  machines: readonly Controlled[],
  wires: readonly OpenWire[],
): Promise<ControlServer> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) await clear(path);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serveLines(socket, (line) => JSON.stringify(obey(line, machines, wires)));
  });
  server.maxConnections = 16;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(refused(path, error)));
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

// A socket at which nobody answers was left behind by a simulator that was killed. One that is served stays with who serves it.
async function clear(path: string): Promise<void> {
  const socket = connect(path);
  const isServed = await new Promise<boolean>((resolve, reject) => {
    socket.once("connect", () => resolve(true));
    socket.once("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNREFUSED" ? resolve(false) : reject(refused(path, error))));
  });
  if (!isServed) return rmSync(path);
  const holder = await holderBehind(socket);
  throw simFault("control_in_use", `${path} is served by ${holder}; end it, or give another path with --control`);
}

async function holderBehind(socket: Socket): Promise<string> {
  socket.end('{"who": true}\n');
  socket.setTimeout(holderAnswersMs, () => socket.destroy());
  const pid = /"pid":(\d+)/.exec(await text(socket).catch(() => ""))?.[1];
  return pid === undefined ? "another program" : `the simulator with process id ${pid}`;
}

const refused = (path: string, error: Error): Error =>
  simFault("no_control", `the control socket ${path} cannot be made: ${error.message}`, error);

function serveLines(socket: Socket, answer: (line: string) => string): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk) => {
    const lines = `${rest}${String(chunk)}`.split("\n");
    rest = lines.pop() as string;
    for (const line of lines) if (line.trim() !== "") socket.write(`${answer(line)}\n`);
    if (rest.length > maxLineBytes) socket.destroy();
  });
}

type Answer = { ok: true; machines?: number; counts: object } | { ok: true; pid: number } | { ok: false; error: string };

function obey(line: string, machines: readonly Controlled[], wires: readonly OpenWire[]): Answer {
  const parsed = parse(line);
  if (typeof parsed === "string") return { ok: false, error: parsed };
  const counts = (): object => sumOfCounts(machines.map(({ faults }) => faults.counts));
  if ("who" in parsed) return { ok: true, pid: process.pid };
  if ("counts" in parsed) return { ok: true, counts: counts() };
  if ("faults" in parsed) {
    const meant = machines.filter((one) => isMeant(one, parsed));
    if (meant.length === 0) return { ok: false, error: "no machine is meant by that" };
    for (const { name, place } of meant)
      for (const fault of misplacedFaults(parsed.faults, place.transport))
        return {
          ok: false,
          error: `${fault} cannot happen on ${transportWords[place.transport]}, where ${name} is; choose others with unit, machine or line`,
        };
    for (const { faults } of meant) faults.set(parsed.faults);
    return { ok: true, machines: meant.length, counts: counts() };
  }
  const cut = wires.filter(({ transport, name }) =>
    "disconnect" in parsed ? transport !== "pty" : transport === "pty" && (parsed.line === undefined || parsed.line === name),
  );
  if (cut.length === 0) return { ok: false, error: "there is no wire that could be cut like that" };
  for (const wire of cut) wire.cut("disconnect" in parsed ? 0 : parsed.unplug_ms);
  return { ok: true, counts: counts() };
}

function parse(line: string): Order | string {
  let given: unknown;
  try {
    given = JSON.parse(line);
  } catch (error) {
    return `not JSON: ${messageOf(error)}`;
  }
  const name = orderNames.find((one) => typeof given === "object" && given !== null && Object.hasOwn(given, one));
  if (name === undefined)
    return 'not understood. Give {"faults": {…}} with unit, machine or line; {"unplug_ms": N} with line; {"disconnect": true}; {"counts": true}; or {"who": true}';
  const parsed = v.safeParse(orders[name], given);
  return parsed.success
    ? parsed.output
    : describeIssues(parsed.issues, orders[name])
        .map(({ message }) => message)
        .join("; ");
}

function isMeant(
  { name, unit, place }: Controlled,
  asked: { unit?: number | undefined; machine?: string | undefined; line?: string | undefined },
): boolean {
  if (asked.unit !== undefined && asked.unit !== unit) return false;
  if (asked.machine !== undefined && asked.machine !== name) return false;
  return asked.line === undefined || (place.transport !== "tcp" && place.line === asked.line);
}
