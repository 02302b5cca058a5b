// `millwright-agent status`: what the agent on this box is doing, from the file it writes; what is wrong first, with the next step.
import { resolve } from "node:path";
import { type Command, exitCode, wrap } from "@millwright/kit/command-line";
import { namedFolder } from "@millwright/kit/file-trouble";
import { formatIssue } from "@millwright/kit/yaml-file";
import { loadConfig } from "../config/load-config.ts";
import { agentFault } from "../faults.ts";
import { type FoundStatus, readStatusFile, statusFileOf } from "../status-file.ts";
import { configFile, configOption } from "./config-file.ts";
import { dataFolderOf, freeBytesOf } from "./data-folder.ts";
import { statusLines } from "./status-lines.ts";
import { type StatusProblem, statusProblems } from "./status-problems.ts";
import { type Paint, paintFor } from "./terminal/paint.ts";

const ofAgent = "Give --data-dir the folder that the agent runs with, data_dir of its configuration.";

export const statusCommand: Command = {
  summary: "Shows what the running agent is doing: gateway, buses, machines, outbox; what is wrong first.",
  options: {
    config: configOption,
    "data-dir": { type: "string", value: "DIR", help: "the agent's data_dir, instead of its configuration" },
  },
  run({ values, isJson }) {
    const dir = values["data-dir"];
    const source =
      typeof dir === "string"
        ? { dataDir: resolve(namedFolder(dir, ofAgent)), revision: null }
        : fromConfig(configFile(values, "Or give --data-dir DIR."));
    const found = readStatusFile(statusFileOf(source.dataDir));
    const problems = statusProblems(found, { ...source, freeBytes: freeBytesOf(source.dataDir) });
    process.stdout.write(isJson ? document(found, problems) : text(found, problems));
    return Promise.resolve(problems.some(({ isDegrading }) => isDegrading) ? exitCode.failed : exitCode.ok);
  },
};

// A configuration that is just being edited still says where the data is. @throws Fault config_invalid where it does not
function fromConfig(file: string): { dataDir: string; revision: string | null } {
  const loaded = loadConfig(file);
  if (loaded.ok) return { dataDir: loaded.config.dataDir, revision: loaded.config.revision };
  const dataDir = dataFolderOf(file);
  if (dataDir !== null) return { dataDir, revision: null };
  process.stderr.write(`${loaded.issues.map(formatIssue).join("\n")}\n`);
  throw agentFault("config_invalid", `${file} does not say where the agent's data is; correct the lines above, or give --data-dir DIR`);
}

function document(found: FoundStatus, problems: readonly StatusProblem[]): string {
  const body = {
    ok: !problems.some(({ isDegrading }) => isDegrading),
    ...lifeOf(found),
    problems: problems.map(({ text, next, isDegrading }) => ({ text, next, degrading: isDegrading })),
    status: found.kind === "found" ? found.status : null,
  };
  return `${JSON.stringify(body, null, 2)}\n`;
}

function lifeOf(found: FoundStatus): object {
  if (found.kind !== "found") return { state: "unknown", why: found.detail, silent_ms: null };
  const { life } = found;
  return life.state === "running"
    ? { state: "running", why: null, silent_ms: null }
    : { state: life.state, why: life.why, silent_ms: life.silentMs };
}

function text(found: FoundStatus, problems: readonly StatusProblem[]): string {
  const paint = paintFor(process.stdout);
  const lines = problems.flatMap((problem) => problemLines(problem, paint));
  if (found.kind === "found") lines.push(...(lines.length > 0 ? [""] : []), ...statusLines(found.status, paint));
  return `${lines.join("\n")}\n`;
}

function problemLines({ text, next, isDegrading }: StatusProblem, paint: Paint): string[] {
  const width = (process.stdout.columns ?? 80) - 2;
  const mark = isDegrading ? paint.bad("!") : paint.warn("-");
  const [first = "", ...rest] = wrap(text, width);
  return [`${mark} ${first}`, ...rest.map((line) => `  ${line}`), ...wrap(next, width).map((line) => paint.dim(`  ${line}`))];
}
