// One journey: simulator, agent, gateway (and, for kills, a broker of their own) as real processes, from the first row to the last record
// stored. The harness plays the technician who closes a false ticket, and the power that fails.
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RecordingProfile } from "@millwright/contract/recording-profile";
import { readRecording } from "@millwright/firmware-sim/recording/read-recording";
import { onsetOf, type Recording } from "@millwright/firmware-sim/recording/recording";
import { clockText, clockVariable } from "@millwright/kit/clock";
import { Fault } from "@millwright/kit/fault";
import { type FileIssue, formatIssue, readYamlFile } from "@millwright/kit/yaml-file";
import { type ChildProgram, startProgram } from "../../scripts/processes/child-program.ts";
import { programs } from "../../scripts/processes/programs.ts";
import { readLedger } from "../../scripts/processes/read-ledger.ts";
import { type Stage, setStage, writeAgentConfig } from "./arrange.ts";
import { killPlan } from "./kill-plan.ts";
import { type Mosquitto, startMosquitto } from "./mosquitto.ts";
import type { JourneyOptions } from "./options.ts";
import { goodRows, outboxIdentities, storedRecords } from "./stores.ts";
import { watchTickets } from "./technician.ts";
import { type SeenTicket, type Verdict, verdictOf } from "./verdict.ts";

const startMs = 30_000;
const drainMs = 60_000;

/** @throws Fault journey.* where the recording cannot be read; Error where a program ends by itself. */
export async function runJourney(options: JourneyOptions, say: (text: string) => void): Promise<Verdict> {
  const recording = load(options);
  const stage = await setStage({ keep: options.keep, hasOwnBroker: options.kill.includes("broker") });
  const cast = new Cast(stage, options);
  try {
    const tickets = await perform(cast, recording, options, say);
    return judge(stage, recording, options, cast, tickets);
  } finally {
    await cast.stop();
    writeFileSync(
      `${stage.folder}/programs.log`,
      cast.everyone.flatMap(({ name, errors }) => errors.map((line) => `${name}: ${line}\n`)).join(""),
    );
    if (options.keep === undefined) rmSync(stage.folder, { recursive: true, force: true });
  }
}

// The programs of one journey; those that are killed come back under the same name.
class Cast {
  readonly everyone: ChildProgram[] = [];
  readonly current = new Map<string, ChildProgram>();
  readonly environment: NodeJS.ProcessEnv;
  broker: Mosquitto | null = null;
  firstPollMs = Number.NaN;
  readonly stage: Stage;
  readonly options: JourneyOptions;

  constructor(stage: Stage, options: JourneyOptions) {
    this.stage = stage;
    this.options = options;
    this.environment = { [clockVariable]: clockText(options.timeScale, Date.now()) };
  }

  start(name: "sim" | "agent" | "gateway"): ChildProgram {
    const program = startProgram(name, programs[name], this.#arguments(name), this.environment);
    this.everyone.push(program);
    this.current.set(name, program);
    return program;
  }

  #arguments(name: "sim" | "agent" | "gateway"): string[] {
    const { stage, options } = this;
    if (name === "gateway") return ["run", "--config", stage.gatewayConfig, "--ledger", stage.gatewayLedger, "--json"];
    if (name === "agent") return ["run", "--config", stage.agentConfig, "--ledger", stage.agentLedger, "--json"];
    const wire = ["--emit", stage.templates, "--port", "0", "--seed", String(options.seed), "--json"];
    if (options.scramble !== undefined) wire.push("--scramble", options.scramble);
    if (options.drop > 0) wire.push("--drop", String(options.drop));
    if (options.stick !== undefined) wire.push("--stick", options.stick);
    return ["recording", "--file", options.recording, "--profile", options.profile, ...wire];
  }

  get(name: string): ChildProgram {
    const program = this.current.get(name);
    if (program === undefined) throw new Error(`${name} was not started`);
    return program;
  }

  async stop(): Promise<void> {
    for (const name of ["agent", "sim", "gateway"]) await this.current.get(name)?.stop();
    await this.broker?.kill();
  }
}

async function perform(
  cast: Cast,
  recording: Recording,
  options: JourneyOptions,
  say: (text: string) => void,
): Promise<() => SeenTicket[]> {
  const { stage } = cast;
  if (options.kill.includes("broker")) cast.broker = await startMosquitto(stage.folder, stage.mqttPort);
  await cast.start("gateway").waitFor("ready", startMs);
  const sim = cast.start("sim");
  const ready = await sim.waitFor("ready", startMs);
  writeAgentConfig(stage, recording.profile, Number(ready["port"]), options.timeScale);
  const agent = cast.start("agent");
  await agent.waitFor("ready", startMs);
  const firstPoll = await sim.waitFor("first_poll", startMs);
  cast.firstPollMs = Number(firstPoll["wall_ms"]);
  say(
    `${recording.timesMs.length} rows, ${recording.anomaly === null ? "no labels" : `onset at ${onsetOf(recording)?.seconds ?? "no"} s`}`,
  );

  const onsetS = onsetOf(recording)?.seconds ?? null;
  const watch = watchTickets({
    url: `http://127.0.0.1:${stage.httpPort}`,
    firstPollMs: cast.firstPollMs,
    onsetS,
    hasLabels: recording.anomaly !== null,
    say,
  });
  const durationMs = recording.timesMs.at(-1) ?? 0;
  const stopKills = killPlan({ targets: options.kill, seed: options.seed, realMs: durationMs / options.timeScale }, (target) =>
    strike(cast, target, say),
  );
  const failed = Promise.race(["sim", "gateway", "agent"].map((name) => unexpectedEnd(cast, name)));
  try {
    await Promise.race([sim.waitFor("finished", durationMs / options.timeScale + startMs), failed]);
    await stopKills();
    await drained(stage, say);
    await watch.look();
  } finally {
    await stopKills();
    watch.stop();
  }
  return () => watch.seen();
}

// kill -9, and start again at once, as a supervisor on the box would.
async function strike(cast: Cast, target: "agent" | "gateway" | "broker", say: (text: string) => void): Promise<void> {
  say(`kill -9 ${target}`);
  if (target === "broker") return cast.broker?.restart();
  const victim = cast.get(target);
  cast.current.delete(target);
  await victim.kill();
  await cast.start(target).waitFor("ready", startMs);
}

async function unexpectedEnd(cast: Cast, name: string): Promise<never> {
  for (;;) {
    const program = cast.current.get(name);
    const end = await program?.ended;
    if (program !== undefined && cast.current.get(name) === program)
      throw new Error(`${name} ended by itself (${end})\n${program.errors.slice(-20).join("\n")}`);
    await sleep(20);
  }
}

// Everything the agent made durable is in the gateway's ledger, or time is up (and the verdict will say what is missing).
async function drained(stage: Stage, say: (text: string) => void): Promise<void> {
  const until = Date.now() + drainMs;
  let calm = 0;
  while (Date.now() < until && calm < 3) {
    await sleep(300);
    const stored = new Set(readLedger(stage.gatewayLedger));
    const missing = readLedger(stage.agentLedger).filter((identity) => !stored.has(identity)).length;
    calm = missing === 0 ? calm + 1 : 0;
  }
  if (calm < 3) say("the outbox did not drain in time");
}

async function judge(
  stage: Stage,
  recording: Recording,
  options: JourneyOptions,
  cast: Cast,
  tickets: () => SeenTicket[],
): Promise<Verdict> {
  const sim = cast.get("sim");
  await cast.stop();
  const stored = storedRecords(stage.gatewayData);
  const address = { tenant: "default", agent: "journey" };
  const agentLedger = readLedger(stage.agentLedger);
  const gatewayLedger = readLedger(stage.gatewayLedger);
  if (options.ledgerFile !== undefined) writeLedger(options.ledgerFile, agentLedger, stored.identities);
  return verdictOf({
    recording: basename(options.recording),
    tickets: tickets(),
    onsetS: onsetOf(recording)?.seconds ?? null,
    hasLabels: recording.anomaly !== null,
    firstAlarmS: stored.firstAlarmMs === null ? null : (stored.firstAlarmMs - cast.firstPollMs) / 1000,
    sensorEvents: stored.sensorEvents,
    served: Number(sim.lines.find(({ event }) => event === "finished")?.["served"]),
    read: goodRows(stage.agentStore),
    storedRows: stored.rows,
    durable: new Set([...agentLedger, ...outboxIdentities(stage.agentStore, address)]),
    stored: stored.identities,
    gatewayLedger,
  });
}

function writeLedger(file: string, durable: readonly string[], stored: readonly string[]): void {
  writeFileSync(file, "");
  for (const [side, identities] of [
    ["agent_durable", durable],
    ["gateway_stored", stored],
  ] as const) {
    appendFileSync(file, identities.map((record) => `${JSON.stringify({ side, record })}\n`).join(""));
  }
}

function load({ recording, profile }: JourneyOptions): Recording {
  const read = readYamlFile(profile, RecordingProfile);
  if (!read.ok) throw unreadable(read.issues);
  const result = readRecording(recording, read.value);
  if (!result.ok) throw unreadable(result.issues);
  return result.recording;
}

const unreadable = (issues: readonly FileIssue[]): Fault => new Fault("journey_input", "data", issues.map(formatIssue).join("\n"));
