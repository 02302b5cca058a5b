// How to start a process that runs a graph of unknown origin: with a limit on its memory and its processor time, set by the shell that becomes it.
// A system without a shell, or whose shell knows no such limit, has none but that of the JavaScript heap; whoever starts it still has a clock.
export type ProcessLimits = {
  /** Data it may have mapped for writing, kB (RLIMIT_DATA). Node with onnxruntime has 620,000 before it opens a model; most of it is never used. */
  dataKb: number;
  /** Seconds of processor time (RLIMIT_CPU): it ends even where whoever started it is gone. */
  cpuSeconds: number;
  /** JavaScript heap, MB. */
  heapMb: number;
};

export const graphLimits: ProcessLimits = { dataKb: 1_300_000, cpuSeconds: 20, heapMb: 128 };

/**
 * @param isLimited false: only the heap is. Where a limit on data keeps Node itself from starting (another version of it, another kind of
 * system), it is started again so: whoever starts it must be told by the program that it runs.
 */
export function limitedCommand(
  program: string,
  args: readonly string[],
  { dataKb, cpuSeconds, heapMb }: ProcessLimits,
  isLimited: boolean,
): { command: string; words: string[] } {
  const words = [`--max-old-space-size=${heapMb}`, program, ...args];
  if (!isLimited || process.platform === "win32") return { command: process.execPath, words };
  const script = `for limit in "-c 0" "-t ${cpuSeconds}" "-d ${dataKb}"; do (ulimit $limit) 2>/dev/null && ulimit $limit; done; exec "$@"`;
  return { command: "/bin/sh", words: ["-c", script, "sh", process.execPath, ...words] };
}
