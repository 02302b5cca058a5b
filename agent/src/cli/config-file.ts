// Which configuration a tool works with: the one it is told, else agent.yaml here, else the one the service runs with.
import { existsSync } from "node:fs";
import { UsageError, type Values } from "@millwright/kit/command-line";
import { namedFile } from "@millwright/kit/file-trouble";
import { formatIssue } from "@millwright/kit/yaml-file";
import { type LoadedConfig, loadConfig } from "../config/load-config.ts";
import { agentFault } from "../faults.ts";

const usual = ["agent.yaml", "/etc/millwright/agent.yaml"];
const anotherPath = "Give --config the path of a file that does.";

export const configOption = {
  type: "string",
  value: "FILE",
  help: "the agent.yaml; without it ./agent.yaml, else /etc/millwright/agent.yaml",
} as const;

/** null where none is named and none is there. @throws UsageError where the one that is named is not there */
export function configFileOrNull({ config }: Values): string | null {
  if (typeof config === "string" && config !== "") return namedFile(config, anotherPath);
  return usual.find((file) => existsSync(file)) ?? null;
}

/** @throws UsageError where none is named or here, or the one that is named is not there. */
export function configFile(values: Values, instead = "Write one: millwright-agent init"): string {
  const file = configFileOrNull(values);
  if (file === null) throw new UsageError(`--config is missing, and there is no agent.yaml here. ${instead}`);
  return namedFile(file, anotherPath);
}

/** A configuration to work with; its warnings go to stderr. @throws Fault config_invalid, after its mistakes were printed. */
export function goodConfig(file: string): Extract<LoadedConfig, { ok: true }> {
  const loaded = loadConfig(file);
  for (const warning of loaded.warnings) process.stderr.write(`${formatIssue(warning)}\n`);
  if (loaded.ok) return loaded;
  process.stderr.write(`${loaded.issues.map(formatIssue).join("\n")}\n`);
  const count = loaded.issues.length === 1 ? "a mistake" : `${loaded.issues.length} mistakes`;
  throw agentFault("config_invalid", `${file} has ${count}; correct the lines above first`);
}
