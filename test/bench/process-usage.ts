// What a process costs, from /proc (proc(5)): CPU seconds of all its threads, and the memory it holds.
import { readFileSync } from "node:fs";

/** Clock ticks a second; USER_HZ is 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

export type Usage = { readonly cpuSeconds: number; readonly rssMb: number };

/** @throws where there is no such process */
export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond, rssMb: Number(rss?.[1] ?? Number.NaN) / 1_024 };
}
