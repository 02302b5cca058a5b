// `millwright-agent init`: writes a first agent.yaml. Asks on a terminal, takes options elsewhere; never writes over a file.
import { accessSync, constants, existsSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { type Command, exitCode, UsageError } from "@millwright/kit/command-line";
import { namedFolder } from "@millwright/kit/file-trouble";
import { loadConfigText } from "../config/load-config.ts";
import { TemplateLibrary } from "../config/template-library.ts";
import { agentFault } from "../faults.ts";
import { askPlan } from "./init/ask-plan.ts";
import type { ConfigPlan } from "./init/config-plan.ts";
import { configText } from "./init/config-text.ts";
import { type GivenPlan, givenPlan, initOptions } from "./init/init-options.ts";
import { openQuestions } from "./terminal/questions.ts";
import { Stopped } from "./terminal/typed-lines.ts";

export const initCommand: Command = {
  summary: "Writes a first agent.yaml, with comments: asks on a terminal for what the options leave open. Never writes over a file.",
  options: initOptions,
  examples: [
    "",
    "--agent box-1 --site acme/line1 --gateway mqtt://10.0.0.2:1883 \\\n      --tcp 10.0.0.7:502 --machine P-101=centrifugal-pump:sim/centrifugal-pump:1",
  ],
  async run({ values, isJson }) {
    const file = typeof values["out"] === "string" ? values["out"] : "agent.yaml";
    if (existsSync(file))
      throw agentFault("config_exists", `${file} is there already, and is not written over. Give another name: --out FILE`);
    refuseFolder(dirname(resolve(file)));
    const given = givenPlan(values);
    const folders = given.templates === null ? [] : [resolve(dirname(resolve(file)), given.templates)];
    const library = new TemplateLibrary(folders);
    const plan = await planOf(given, library, !isJson && process.stdin.isTTY && process.stderr.isTTY);
    if (plan === null) {
      process.stderr.write("\nStopped; nothing was written.\n");
      return exitCode.failed;
    }
    const text = configText(plan, basename(file), library);
    refuseMistakes(text, file);
    writeFileSync(file, text, { flag: "wx", mode: 0o644 });
    process.stdout.write(isJson ? `${JSON.stringify({ ok: true, file: resolve(file), next: nextSteps(file) }, null, 2)}\n` : done(file));
    return exitCode.ok;
  },
};

// Before anybody answers a dozen questions.
function refuseFolder(folder: string): void {
  namedFolder(folder, "Give --out a path in a folder that does.");
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new UsageError(`${folder} may not be written by this user. Give --out a path in another folder.`);
  }
}

async function planOf(given: GivenPlan, library: TemplateLibrary, isAsking: boolean): Promise<ConfigPlan | null> {
  if (!isAsking) return wholePlan(given);
  const questions = openQuestions();
  try {
    return await askPlan(given, library, questions);
  } catch (error) {
    if (error instanceof Stopped) return null;
    throw error;
  } finally {
    questions.close();
  }
}

// Without a person to ask, the options must say everything.
function wholePlan({ agent, site, gateway, buses, machines, every, templates }: GivenPlan): ConfigPlan {
  if (agent !== null && site !== null && gateway !== null && buses.length > 0 && machines.length > 0)
    return { agent, site, gateway, buses, machines, every: every ?? "10s", templates };
  const missing = [
    ["--agent", agent === null],
    ["--site", site === null],
    ["--gateway", gateway === null],
    ["--tcp (or --rtu-tcp, --port, --http)", buses.length === 0],
    ["--machine", machines.length === 0],
  ].flatMap(([option, isMissing]) => (isMissing === true ? [option] : []));
  throw new UsageError(`${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing, and there is no terminal to ask at`);
}

// The text is checked as `check` would, before there is a file.
function refuseMistakes(text: string, file: string): void {
  const loaded = loadConfigText(text, file);
  if (!loaded.ok)
    throw new UsageError(`this would not be a good configuration:\n${loaded.issues.map(({ message }) => `  ${message}`).join("\n")}`);
}

const nextSteps = (file: string): string[] =>
  ["doctor", "read", "run"].map((command) => `millwright-agent ${command}${file === "agent.yaml" ? "" : ` --config ${file}`}`);

function done(file: string): string {
  const [doctor, read, run] = nextSteps(file);
  return `Wrote ${file}. What comes next:
  ${doctor}   looks at ports, network, clock and broker
  ${read}     reads every point once: are the values right?
  ${run}      learns what is normal, and watches
`;
}
