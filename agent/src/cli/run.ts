// `millwright-agent run`: reads, learns, scores and publishes until it is told to stop.
import { appendFileSync } from "node:fs";
import { clockFromEnvironment } from "@millwright/kit/clock";
import { type Command, exitCode } from "@millwright/kit/command-line";
import { untilShutdown } from "@millwright/kit/shutdown";
import { formatIssue } from "@millwright/kit/yaml-file";
import { loadConfig } from "../config/load-config.ts";
import { runEventWriter } from "../events.ts";
import { startAgent } from "../main.ts";
import { configFile, configOption } from "./config-file.ts";

export const runCommand: Command = {
  summary: "Reads the machines of a configuration, learns what is normal for them, and publishes predictions.",
  options: {
    config: configOption,
    ledger: { type: "string", value: "FILE", help: "append one JSON line for every record once it is durable" },
  },
  async run({ values, isJson }) {
    const loaded = loadConfig(configFile(values));
    for (const warning of loaded.warnings) process.stderr.write(`${formatIssue(warning)}\n`);
    if (!loaded.ok) {
      process.stderr.write(`${loaded.issues.map(formatIssue).join("\n")}\n`);
      return exitCode.cannotStart;
    }
    const ledgerFile = typeof values["ledger"] === "string" ? values["ledger"] : undefined;
    if (ledgerFile !== undefined) appendFileSync(ledgerFile, "");
    // From here on: who ends it while it starts ends it in order as well.
    const told = untilShutdown();
    const agent = await startAgent({
      config: loaded.config,
      clock: clockFromEnvironment(),
      ledgerFile,
      say: runEventWriter({ isJson, out: process.stdout }),
      warn: (text) => process.stderr.write(`${text}\n`),
      // Reading on would only lose rows. What was durable stays so, as after a power cut; whoever supervises this program starts it again.
      onStoreLost: (fault) => {
        process.stderr.write(`${fault.message}\n`);
        process.exit(exitCode.failed);
      },
    });
    await told;
    await agent.stop();
    return exitCode.ok;
  },
};
