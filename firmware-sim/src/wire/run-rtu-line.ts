// An RTU line in real time: the port's bytes into the line, the line's bytes out of the port when their moment has come. One timer.
import { performance } from "node:perf_hooks";
import { RtuLine, type RtuLineOptions } from "./rtu-line.ts";
import type { RtuPort, RtuPortListener } from "./rtu-port.ts";

export type RunningRtuLine = {
  readonly port: RtuPort;
  /** Frames spoilt because two spoke at once. */
  readonly overlaps: number;
  /** Drops the connections, or takes the pty away for so long. */
  cut(awayMs: number): void;
  close(): Promise<void>;
};

/** Opens the port and serves. @throws Fault of the port. */
export async function runRtuLine(
  options: Omit<RtuLineOptions, "onCut">,
  open: (listener: RtuPortListener) => Promise<RtuPort>,
): Promise<RunningRtuLine> {
  let timer: NodeJS.Timeout | undefined;
  const cut = (awayMs: number): void => {
    line.clear();
    port.cut(awayMs);
  };
  const line = new RtuLine({ ...options, onCut: ({ unplugMs }) => cut(unplugMs) });
  const work = (): void => {
    const bytes = line.advance(performance.now());
    if (bytes.length > 0) port.write(bytes);
    arm();
  };
  const arm = (): void => {
    clearTimeout(timer);
    const { nextMs } = line;
    if (nextMs < Number.POSITIVE_INFINITY) timer = setTimeout(work, Math.max(0, nextMs - performance.now()));
  };
  const port = await open({
    onBytes(chunk) {
      line.take(chunk, performance.now());
      arm();
    },
  });
  return {
    port,
    get overlaps() {
      return line.overlaps;
    },
    cut,
    async close() {
      clearTimeout(timer);
      await port.close();
    },
  };
}
