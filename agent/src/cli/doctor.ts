// `millwright-agent doctor`: looks at the box, the ports, the network and the broker, one after the other; says what was found and what to do.
import { resolve } from "node:path";
import { type Command, exitCode, wrap } from "@millwright/kit/command-line";
import type { AgentStatus } from "../agent-status.ts";
import { loadConfig } from "../config/load-config.ts";
import type { ResolvedConfig } from "../config/resolved-config.ts";
import { readStatusFile, statusFileOf } from "../status-file.ts";
import { configFileOrNull, configOption } from "./config-file.ts";
import { dataFolderOf } from "./data-folder.ts";
import { checkAgent } from "./doctor/check-agent.ts";
import { checkBroker } from "./doctor/check-broker.ts";
import { checkClock } from "./doctor/check-clock.ts";
import { checkConfig } from "./doctor/check-config.ts";
import { checkDisk } from "./doctor/check-disk.ts";
import { checkNetwork } from "./doctor/check-network.ts";
import { checkNative, checkNode } from "./doctor/check-runtime.ts";
import { checkSerial } from "./doctor/check-serial.ts";
import { type Finding, skip, type Verdict } from "./doctor/finding.ts";
import { type Paint, paintFor } from "./terminal/paint.ts";
import { progressLine } from "./terminal/progress-line.ts";

export const doctorCommand: Command = {
  summary: "Looks at this box, its ports, its devices' addresses and the broker, and says what to do. Works without a configuration, too.",
  options: { config: configOption },
  async run({ values, isJson }) {
    const findings: Finding[] = [];
    const progress = progressLine();
    const paint = paintFor(process.stdout);
    for await (const { name, found } of examine(configFileOrNull(values))) {
      progress.clear();
      findings.push(...found);
      if (!isJson)
        process.stdout.write(
          found
            .flatMap((finding) => lines(finding, paint))
            .map((line) => `${line}\n`)
            .join(""),
        );
      if (name !== null) progress.show(`looking at ${name} …`);
    }
    progress.clear();
    const isGood = !findings.some(({ verdict }) => verdict === "fail");
    process.stdout.write(isJson ? `${JSON.stringify({ ok: isGood, findings }, null, 2)}\n` : summary(findings, paint));
    return isGood ? exitCode.ok : exitCode.failed;
  },
};

type Step = [name: string, look: () => Finding[] | Promise<Finding[]>];

/** Each step's findings, with the name of the step that comes next. */
async function* examine(file: string | null): AsyncGenerator<{ name: string | null; found: Finding[] }> {
  const all = steps(file);
  yield { name: all[0]?.[0] ?? null, found: [] };
  for (const [i, [, look]] of all.entries()) yield { name: all[i + 1]?.[0] ?? null, found: await look() };
}

function steps(file: string | null): Step[] {
  const loaded = file === null ? null : loadConfig(file);
  const config = loaded?.ok === true ? loaded.config : null;
  const status = config === null ? null : readStatusFile(statusFileOf(config.dataDir));
  const running = status?.kind === "found" && status.life.state === "running" ? status.status : null;
  return [
    ["the box", () => checkNode()],
    ["the native parts", () => checkNative()],
    ["the clock", async () => [await checkClock()]],
    [
      "the configuration",
      () => (loaded === null ? [skip("configuration", "none given, none here: the box alone is looked at")] : checkConfig(loaded)),
    ],
    ["the disk", () => disk(file, config)],
    ["the agent", () => (status === null ? [] : [checkAgent(status)])],
    ["the serial ports", () => checkSerial(config?.buses ?? [], running)],
    ...remote(config, running),
  ];
}

function remote(config: ResolvedConfig | null, running: AgentStatus | null): Step[] {
  if (config === null) return [];
  return [
    ["the devices' addresses", () => checkNetwork(config.buses, running)],
    ["the broker", () => checkBroker(config.gateway, running)],
  ];
}

// Without a configuration: the folder that a new one would name.
function disk(file: string | null, config: ResolvedConfig | null): Finding[] {
  if (config !== null) return checkDisk({ dataDir: config.dataDir, maxBytes: config.buffer.maxBytes });
  const dataDir = file === null ? resolve("millwright-data") : dataFolderOf(file);
  if (dataDir === null) return [skip("data_dir", "which folder it is cannot be told from this configuration: the disk is not looked at")];
  return checkDisk({ dataDir, maxBytes: null });
}

const marks: Record<Verdict, { mark: string; color: (paint: Paint) => (text: string) => string }> = {
  ok: { mark: "ok  ", color: (paint) => paint.good },
  warn: { mark: "warn", color: (paint) => paint.warn },
  fail: { mark: "FAIL", color: (paint) => paint.bad },
  skip: { mark: "-   ", color: (paint) => paint.dim },
};

const checkWidth = 15;

function lines({ check, verdict, found, next }: Finding, paint: Paint): string[] {
  const indent = " ".repeat(checkWidth + 7);
  const width = Math.max(40, (process.stdout.columns ?? 80) - indent.length);
  const { mark, color } = marks[verdict];
  const [first = "", ...rest] = wrap(found, width);
  const head = `${color(paint)(mark)}  ${check.padEnd(checkWidth)} ${first}`;
  return [
    head,
    ...rest.map((line) => indent + line),
    ...(next === null ? [] : wrap(`→ ${next}`, width).map((line) => indent + paint.bold(line))),
  ];
}

function summary(findings: readonly Finding[], paint: Paint): string {
  const count = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length;
  const [fails, warns] = [count("fail"), count("warn")];
  if (fails === 0) return `\n${paint.good(`All well${warns === 0 ? "" : `, ${warns} to look at`}.`)}\n`;
  return `\n${paint.bad(`${fails} to put right${warns === 0 ? "" : `, ${warns} to look at`}.`)}\n`;
}
