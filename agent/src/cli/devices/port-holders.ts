// Which other programs have a serial port open, from /proc alone (proc(5): /proc/<pid>/fd). Programs of other users are only seen by root.
import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";

export type Holder = { readonly pid: number; readonly name: string };

/** A pseudo terminal is held by whoever plays the device on it, and by the locks of whoever talks there. */
const pseudo = "/dev/pts/";

/** @param path may be a link below /dev/serial/by-id. */
export function portHolders(path: string, proc = "/proc"): Holder[] {
  const device = orNull(() => realpathSync(path));
  if (device === null || device.startsWith(pseudo)) return [];
  const pids = (orNull(() => readdirSync(proc)) ?? []).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.filter((pid) => opens(`${proc}/${pid}/fd`, device)).map((pid) => ({ pid: Number(pid), name: nameOf(`${proc}/${pid}`) }));
}

const opens = (folder: string, device: string): boolean =>
  (orNull(() => readdirSync(folder)) ?? []).some((fd) => orNull(() => readlinkSync(`${folder}/${fd}`)) === device);

const nameOf = (folder: string): string => orNull(() => readFileSync(`${folder}/comm`, "utf8").trim()) ?? "another program";

// A program that ends while we look, or is another user's.
function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
