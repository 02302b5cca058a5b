// Starts the vetting child, waits for its verdict, and ends it when it takes too much of anything. Never rejects: a child that dies, hangs,
// allocates or talks too much has given its verdict by that.
import { type ChildProcess, spawn } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { graphLimits, limitedCommand, type ProcessLimits } from "@millwright/models/onnx/limited-process";
import { started, type Verdict, type VetRequest } from "./vet-messages.ts";

/** `deadlineMs`: real, from its start to its verdict. */
export type VetLimits = ProcessLimits & { deadlineMs: number };
export const vetLimits: VetLimits = { ...graphLimits, deadlineMs: 30_000 };

/** More text than this from a child is no verdict. */
const maxOutputBytes = 64 * 1024;

const program = fileURLToPath(new URL(`./vet-child${extname(import.meta.url)}`, import.meta.url));

export type Vetting = { verdict: Promise<Verdict> /** Ends it at once, without a verdict worth keeping. */; cancel: () => void };

export function vetInChild(request: VetRequest, limits: VetLimits = vetLimits): Vetting {
  let running: ChildProcess | null = null;
  let isCancelled = false;
  const run = (isLimited: boolean): Promise<{ hasStarted: boolean; verdict: Verdict }> => {
    const child = start(request, limits, isLimited);
    running = child;
    return outcomeOf(child, limits.deadlineMs);
  };
  const judge = async (): Promise<Verdict> => {
    const first = await run(true);
    if (first.hasStarted || isCancelled) return first.verdict;
    // The limit on memory kept Node itself from starting (another version of it, another kind of system): without it, time is still limited.
    return (await run(false)).verdict;
  };
  return {
    verdict: judge(),
    cancel: () => {
      isCancelled = true;
      running?.kill("SIGKILL");
    },
  };
}

// No secrets of the agent's environment, and nothing to write to.
function start(request: VetRequest, limits: VetLimits, isLimited: boolean): ChildProcess {
  const { command, words } = limitedCommand(program, [JSON.stringify(request)], limits, isLimited);
  return spawn(command, words, { stdio: ["ignore", "pipe", "ignore"], env: {}, cwd: "/" });
}

function outcomeOf(child: ChildProcess, deadlineMs: number): Promise<{ hasStarted: boolean; verdict: Verdict }> {
  return new Promise((resolve) => {
    let output = "";
    let why: string | null = null;
    const end = (reason: string): void => {
      why ??= reason;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(() => end(`it was not done in ${deadlineMs / 1_000} s`), deadlineMs);
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.length > maxOutputBytes) end("it wrote more than a verdict");
    });
    child.on("error", ({ message }) => end(message));
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const [first, last] = [output.split("\n", 1)[0], output.trimEnd().split("\n").at(-1) ?? ""];
      const reason = `vetting: ${why ?? `it took too much time or memory, or broke its process (${signal ?? `exit code ${code}`})`}`;
      resolve({ hasStarted: first === started, verdict: (why === null ? verdictIn(last) : null) ?? { ok: false, reason } });
    });
  });
}

function verdictIn(line: string): Verdict | null {
  try {
    const { ok, reason, bundleSha256 } = JSON.parse(line) as Record<string, unknown>;
    if (ok === true && typeof bundleSha256 === "string") return { ok, bundleSha256 };
    return ok === false && typeof reason === "string" ? { ok, reason } : null;
  } catch {
    return null;
  }
}
