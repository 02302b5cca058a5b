// Which other programs have a serial port open, from /proc alone (proc(5): /proc/<pid>/fd). Programs of other users are only seen by root.
import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { parse } from "node:path";

export type Holder = { readonly pid: number; readonly name: string };

/** @param path may be a link below /dev/serial/by-id. */
export function portHolders(path: string, proc = "/proc"): Holder[] {
  const device = orNull(() => realpathSync(path));
  if (device === null) return [];
  const pids = (orNull(() => readdirSync(proc)) ?? []).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const makers = pids.filter((pid) => makes(`${proc}/${pid}`, device));
  const otherSide = new Set([...makers, ...makers.map((pid) => parentOf(`${proc}/${pid}`))]);
  const isUser = (pid: string): boolean => opens(`${proc}/${pid}/fd`, device) && !otherSide.has(pid);
  return pids.filter(isUser).map((pid) => ({ pid: Number(pid), name: nameOf(`${proc}/${pid}`) }));
}

const opens = (folder: string, device: string): boolean =>
  (orNull(() => readdirSync(folder)) ?? []).some((fd) => orNull(() => readlinkSync(`${folder}/${fd}`)) === device);

// Who made a pseudo terminal has its master open: it is the other side of the line, not another user of this one. So is who started it for that (a simulator its socat).
function makes(process: string, device: string): boolean {
  const [, index] = /^\/dev\/pts\/(\d+)$/.exec(device) ?? [];
  if (index === undefined) return false;
  const isMaster = (fd: string): boolean =>
    (orNull(() => readlinkSync(`${process}/fd/${fd}`)) ?? "").endsWith("/ptmx") &&
    new RegExp(`^tty-index:\\s*${index}$`, "m").test(orNull(() => readFileSync(`${process}/fdinfo/${fd}`, "utf8")) ?? "");
  return (orNull(() => readdirSync(`${process}/fd`)) ?? []).some(isMaster);
}

const parentOf = (process: string): string | undefined =>
  /^PPid:\s*(\d+)$/m.exec(orNull(() => readFileSync(`${process}/status`, "utf8")) ?? "")?.[1];

// Of a program that Node runs its own name: "node-MainThread" tells nobody who it is.
function nameOf(folder: string): string {
  const name = orNull(() => readFileSync(`${folder}/comm`, "utf8").trim()) ?? "another program";
  if (!name.startsWith("node")) return name;
  const words = orNull(() => readFileSync(`${folder}/cmdline`, "utf8").split("\0")) ?? [];
  const script = words.slice(1).find((word) => word !== "" && !word.startsWith("-"));
  return script === undefined ? name : parse(script).name;
}

// A program that ends while we look, or is another user's.
function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
