// Which other programs have a serial port open, from /proc alone (proc(5): /proc/<pid>/fd). Programs of other users are only seen by root.
import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";

export type Holder = { readonly pid: number; readonly name: string };

/** @param path may be a link below /dev/serial/by-id. */
export function portHolders(path: string, proc = "/proc"): Holder[] {
  const device = orNull(() => realpathSync(path));
  if (device === null) return [];
  const pids = (orNull(() => readdirSync(proc)) ?? []).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  // Who made a pseudo terminal, or had it made by a child as the simulator does, is the other side of the line, not another user of this one.
  const isOtherSide = (pid: string): boolean =>
    makes(`${proc}/${pid}`, device) || pids.some((other) => parentOf(`${proc}/${other}`) === pid && makes(`${proc}/${other}`, device));
  const isUser = (pid: string): boolean => opens(`${proc}/${pid}/fd`, device) && !isOtherSide(pid);
  return pids.filter(isUser).map((pid) => ({ pid: Number(pid), name: nameOf(`${proc}/${pid}`) }));
}

const opens = (folder: string, device: string): boolean =>
  (orNull(() => readdirSync(folder)) ?? []).some((fd) => orNull(() => readlinkSync(`${folder}/${fd}`)) === device);

const parentOf = (process: string): string | undefined =>
  /^PPid:\s*(\d+)$/m.exec(orNull(() => readFileSync(`${process}/status`, "utf8")) ?? "")?.[1];

// Whether a process has the master's end of a pseudo terminal open.
function makes(process: string, device: string): boolean {
  const [, index] = /^\/dev\/pts\/(\d+)$/.exec(device) ?? [];
  if (index === undefined) return false;
  const isMaster = (fd: string): boolean =>
    (orNull(() => readlinkSync(`${process}/fd/${fd}`)) ?? "").endsWith("/ptmx") &&
    new RegExp(`^tty-index:\\s*${index}$`, "m").test(orNull(() => readFileSync(`${process}/fdinfo/${fd}`, "utf8")) ?? "");
  return (orNull(() => readdirSync(`${process}/fd`)) ?? []).some(isMaster);
}

const nameOf = (folder: string): string => orNull(() => readFileSync(`${folder}/comm`, "utf8").trim()) ?? "another program";

// A program that ends while we look, or is another user's.
function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
