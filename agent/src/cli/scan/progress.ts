// How far a scan is: one line that changes on a terminal; elsewhere a plain line for each step.
import { progressLine } from "../terminal/progress-line.ts";

export type Progress = {
  /** `step` is what stays the same for a while, `detail` what changes all the time. */
  show(step: string, detail: string): void;
  clear(): void;
};

export function scanProgress(out: NodeJS.WriteStream = process.stderr): Progress {
  const line = progressLine(out);
  let last = "";
  return {
    show(step, detail) {
      if (out.isTTY) line.show(`${step}, ${detail} …`);
      else if (step !== last) out.write(`${step} …\n`);
      last = step;
    },
    clear: () => line.clear(),
  };
}
