// The agent's program as a person calls it, beside a server of the test's own: the test goes on while it runs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));

export async function runAgent(
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ status: number; stdout: string; stderr: string }> {
  const agent = spawn(process.execPath, [main, ...words], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  agent.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  agent.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [status] = await once(agent, "close");
  return { status: Number(status), stdout, stderr };
}
