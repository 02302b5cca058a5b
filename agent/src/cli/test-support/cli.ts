// `millwright-agent` as a real process, plain or on a pseudo-terminal (script(1) of util-linux).
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

export type Ended = { status: number | null; stdout: string; stderr: string };
export type Started = {
  child: ChildProcess;
  stdout(): string;
  ended: Promise<Ended>;
  saw(text: RegExp, timeoutMs?: number): Promise<void>;
};

export const runCli = (words: readonly string[], options: { cwd?: string } = {}): Promise<Ended> => startCli(words, options).ended;

export function startCli(words: readonly string[], { cwd }: { cwd?: string } = {}): Started {
  return collect(
    spawn(process.execPath, [main, ...words], { cwd, stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, NO_COLOR: "1" } }),
  );
}

/** Why there can be no terminal here; false where there can. */
export const noTerminal: string | false =
  spawnSync("script", ["--version"]).status === 0 ? false : "script(1) of util-linux is not installed";

/** On a terminal of 80 × 24, where `columns` is not another width; what is written to its stdin is typed. Both streams of the program are its stdout. */
export function startOnTerminal(words: readonly string[], { cwd, columns = 80 }: { cwd?: string; columns?: number } = {}): Started {
  const quoted = [process.execPath, main, ...words].map((word) => `'${word}'`).join(" ");
  const command = `stty cols ${columns} rows 24; exec ${quoted}`;
  return collect(
    spawn("script", ["-qec", command, "/dev/null"], {
      cwd,
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", TERM: "xterm" },
    }),
  );
}

// A test that fails in the middle leaves no program behind that would keep it waiting.
const children = new Set<ChildProcess>();
after(() => {
  for (const child of children) child.kill("SIGKILL");
});

function collect(child: ChildProcess): Started {
  children.add(child);
  child.once("close", () => children.delete(child));
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, "close").then(([status]): Ended => ({ status: status as number | null, stdout, stderr }));
  const saw = async (text: RegExp, timeoutMs = 20_000): Promise<void> => {
    const until = Date.now() + timeoutMs;
    while (!text.test(stdout)) {
      if (Date.now() > until) throw new Error(`${String(text)} did not come; this came:\n${stdout}\n${stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, stdout: () => stdout, ended, saw };
}
