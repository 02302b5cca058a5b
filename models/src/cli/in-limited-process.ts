// `verify` and `import` run graphs of unknown origin: they start themselves once more, with limits on memory and processor time, and wait.
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { type Command, exitCode } from "@millwright/kit/command-line";
import { graphLimits, limitedCommand } from "../onnx/limited-process.ts";

const marker = "MILLWRIGHT_MODELS_LIMITED";
const limits = { ...graphLimits, heapMb: 512, cpuSeconds: 30 };

/** The same command, run with limits. `ended`: what is said in its place where it was ended by them. */
export function inLimitedProcess(
  run: Command["run"],
  ended: (input: Parameters<Command["run"]>[0], why: string) => number,
): Command["run"] {
  return async (input) => {
    if (process.env[marker] !== undefined) {
      writeSync(3, "started");
      return run(input);
    }
    for (const isLimited of [true, false]) {
      const { hasStarted, code } = await again(isLimited);
      if (code !== null && (hasStarted || code === exitCode.ok)) return code;
      if (hasStarted) break;
    }
    return ended(input, `the graph took more than ${limits.cpuSeconds} s of processor time, too much memory, or broke its process`);
  };
}

/** @returns the exit code; null where it was ended by a signal */
function again(isLimited: boolean): Promise<{ hasStarted: boolean; code: number | null }> {
  const [program = "", ...args] = process.argv.slice(1);
  const { command, words } = limitedCommand(program, args, limits, isLimited);
  const child = spawn(command, words, { stdio: ["inherit", "inherit", "inherit", "pipe"], env: { ...process.env, [marker]: "1" } });
  let hasStarted = false;
  child.stdio[3]?.on("data", () => {
    hasStarted = true;
  });
  return new Promise((resolve) => {
    child.on("error", () => {});
    // Exit code 128 + n: a shell in between tells a signal so. An abort, as of memory that ran out in the wrong place, is one.
    child.on("close", (code) => resolve({ hasStarted, code: code !== null && code <= exitCode.cannotStart && code >= 0 ? code : null }));
  });
}
