// `millwright-agent check`: every mistake of a configuration and its templates, one line each; or what it amounts to, which vibration
// zones hold, and what is watched for wear and novelty.
import { type Command, exitCode } from "@millwright/kit/command-line";
import { formatIssue } from "@millwright/kit/yaml-file";
import { configSummary, summaryText } from "../config/config-summary.ts";
import { layerLines } from "../config/layer-lines.ts";
import { type LoadedConfig, loadConfig } from "../config/load-config.ts";
import { zoneLines, zoneSummaries } from "../config/zone-lines.ts";
import { configFile, configOption } from "./config-file.ts";

export const checkCommand: Command = {
  summary: "Checks a configuration and its templates; says for each mistake where it is and what to do.",
  options: { config: configOption },
  async run({ values, isJson }) {
    const loaded = loadConfig(configFile(values));
    process.stdout.write(isJson ? `${JSON.stringify(document(loaded), null, 2)}\n` : text(loaded));
    if (!loaded.ok) return exitCode.failed;
    await compileThreads();
    return exitCode.ok;
  },
};

// What only the running agent's threads load. All else of it this program has loaded anyway: the agent's next start finds everything compiled, and does not
// hold the TypeScript compiler in memory (docs/operate/memory.md).
const compileThreads = (): Promise<unknown> => Promise.all([import("../outbox/outbox-worker.ts"), import("../inference/model-worker.ts")]);

function document(loaded: LoadedConfig): unknown {
  const { ok, warnings } = loaded;
  return loaded.ok
    ? { ok, issues: [], warnings, summary: configSummary(loaded.config), zones: zoneSummaries(loaded.config) }
    : { ok, issues: loaded.issues, warnings, summary: null, zones: [] };
}

function text(loaded: LoadedConfig): string {
  const lines = [...(loaded.ok ? [] : loaded.issues), ...loaded.warnings].map(formatIssue);
  if (loaded.ok) lines.push(summaryText(configSummary(loaded.config)), ...zoneLines(loaded.config), ...layerLines(loaded.config));
  return `${lines.join("\n")}\n`;
}
