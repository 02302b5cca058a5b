// The agent, put together: the only file that picks real implementations.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PointLimits } from "@millwright/contract/device-template";
import type { Command } from "@millwright/contract/down-message";
import type { StateMessage } from "@millwright/contract/up-message";
import type { Clock } from "@millwright/kit/clock";
import { messageOf } from "@millwright/kit/fault";
import type { LimitRule } from "@millwright/models/decisions/absolute-limits";
import packageJson from "../package.json" with { type: "json" };
import { type Acquisition, startAcquisition } from "./acquisition.ts";
import { type AgentState, openAgentState } from "./baselines/agent-state.ts";
import type { ResolvedConfig, ResolvedMachine } from "./config/resolved-config.ts";
import { deviceEvents } from "./device-events.ts";
import type { SayEvent } from "./events.ts";
import { type ModelRunner, startModelRunner } from "./inference/model-runner.ts";
import { modelLife } from "./model-life.ts";
import { openOutbox } from "./outbox/open-outbox.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { eventBody, newTraceId, timeNow } from "./outbox/record-bodies.ts";
import { openPipeline, type Pipeline } from "./pipeline.ts";
import { openUplink, type Uplink } from "./uplink/open-uplink.ts";

export type AgentOptions = {
  config: ResolvedConfig;
  clock: Clock;
  ledgerFile: string | undefined;
  say: SayEvent;
  warn: (text: string) => void;
};
export type Agent = { stop(): Promise<void> };

/** How long a stopping agent waits for receipts of what it has just made durable, in real ms. What is left goes out after the next start. */
const farewellMs = 5_000;

/** @throws Fault outbox_* where the store cannot be opened. Absent devices and an absent broker are no errors. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { config, clock, say, warn } = options;
  const { tenant, agent, dataDir, buffer } = config;
  const agentState = await openAgentState({ file: join(dataDir, "agent-state.json"), tenant, agent, wallMs: clock.wallMs() });
  const outbox = await openOutbox({
    file: join(dataDir, "outbox.db"),
    tenant,
    agent,
    clock,
    maxBytes: buffer.maxBytes,
    keepMs: buffer.keepMs,
    ledgerFile: options.ledgerFile,
    onStopped: (fault) => warn(fault.message),
  });
  await applyConfig(config, agentState, clock);
  const models = startModelRunner();

  const pipelines: Pipeline[] = [];
  let uplink: Uplink | null = null;
  const publishState = (): void => {
    if (uplink === null || pipelines.length < config.machines.length) return;
    const connected = uplink;
    outbox.counts().then(
      (counts) => connected.publishState(stateMessage({ config, clock, outbox, pipelines, counts })),
      (error: unknown) => warn(messageOf(error)),
    );
  };
  for (const machine of config.machines)
    pipelines.push(
      await openPipeline(pipelineOptions(machine, { config, clock, agentState, models, outbox, say, onStatus: publishState })),
    );
  models.onRestart(() => {
    for (const pipeline of pipelines) pipeline.reopenModel();
  });

  uplink = connect({ config, outbox, pipelines, say, warn });
  publishState();
  await tellStart(outbox, agentState, clock);
  const acquisition = startAcquisition({
    config,
    clock,
    agentState,
    onRow: (index, row) => pipelines[index]?.take(row),
    onBusEvent: deviceEvents({ config, outbox, clock, say, warn }),
    onError: (error) => warn(messageOf(error)),
  });
  say({ event: "ready", agent, epoch: outbox.epoch, machines: config.machines.map(({ name }) => name) });
  return { stop: () => stopAgent({ acquisition, pipelines, outbox, uplink, models, say }) };
}

type Running = {
  acquisition: Acquisition;
  pipelines: Pipeline[];
  outbox: Outbox;
  uplink: Uplink | null;
  models: ModelRunner;
  say: SayEvent;
};

// Reading ends first, then everything read becomes durable, then the gateway gets a moment to confirm it.
async function stopAgent({ acquisition, pipelines, outbox, uplink, models, say }: Running): Promise<void> {
  await acquisition.stop();
  await Promise.all(pipelines.map((pipeline) => pipeline.idle()));
  const until = Date.now() + farewellMs;
  while (uplink?.isConnected === true && Date.now() < until && (await waiting(outbox)) > 0)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await uplink?.close();
  await models.close();
  await outbox.close();
  const sum = (count: (pipeline: Pipeline) => number): number => pipelines.reduce((total, pipeline) => total + count(pipeline), 0);
  say({ event: "stopped", rows: sum(({ rows }) => rows), samples: sum(({ samples }) => samples) });
}

async function waiting(outbox: Outbox): Promise<number> {
  const { waiting } = await outbox.counts();
  return Object.values(waiting).reduce((sum, records) => sum + records, 0);
}

type PipelineParts = {
  config: ResolvedConfig;
  clock: Clock;
  agentState: AgentState;
  models: ModelRunner;
  outbox: Outbox;
  say: SayEvent;
  onStatus: () => void;
};

function pipelineOptions(machine: ResolvedMachine, { config, clock, agentState, models, outbox, say, onStatus }: PipelineParts) {
  const ref = { site: machine.site, name: machine.name };
  const key = `${machine.site}/${machine.name}`;
  const points = machine.points.filter(({ role }) => role === "measurement").map(({ name, unit }) => ({ name, unit }));
  const life = modelLife({
    machine: ref,
    key,
    machineClass: machine.class,
    points,
    periodMs: machine.everyMs,
    dataDir: config.dataDir,
    models,
    agentState,
    source: machine.model.kind === "auto" ? "auto" : machine.model.dir,
  });
  return {
    machine: ref,
    key,
    points: machine.points,
    rules: rulesOf(machine.limits),
    periodMs: machine.everyMs,
    wantedRows: machine.learnRows,
    learns: machine.model.kind === "auto",
    configRevision: config.revision,
    life,
    outbox,
    clock,
    say,
    onStatus,
  };
}

function rulesOf(limits: Readonly<Record<string, PointLimits>>): LimitRule[] {
  return Object.entries(limits).map(([point, { warning_high, warning_low, critical_high, critical_low }]) => ({
    point,
    ...(warning_high === undefined ? {} : { warnHigh: warning_high }),
    ...(warning_low === undefined ? {} : { warnLow: warning_low }),
    ...(critical_high === undefined ? {} : { criticalHigh: critical_high }),
    ...(critical_low === undefined ? {} : { criticalLow: critical_low }),
  }));
}

function connect({
  config,
  outbox,
  pipelines,
  say,
  warn,
}: {
  config: ResolvedConfig;
  outbox: Outbox;
  pipelines: Pipeline[];
  say: SayEvent;
  warn: (text: string) => void;
}): Uplink {
  const { gateway, tenant, agent, machines } = config;
  const onCommand = async (command: Command): Promise<void> => {
    const index = machines.findIndex(({ site, name }) => site === command.machine.site && name === command.machine.name);
    const pipeline = pipelines[index];
    if (pipeline === undefined) throw new Error(`command ${command.id} is for ${command.machine.name}, which this agent does not have`);
    await pipeline.command(command);
  };
  return openUplink({
    outbox,
    tenant,
    agent,
    url: gateway.url,
    username: gateway.username ?? undefined,
    password: gateway.passwordFile === null ? undefined : readFileSync(gateway.passwordFile, "utf8").trim(),
    onCommand,
    onConnect: () => say({ event: "connected", text: `connected to ${gateway.url}` }),
    onDisconnect: () => say({ event: "connected", text: `no connection to ${gateway.url}; records are kept` }),
    onError: (detail) => warn(`uplink: ${detail}`),
  });
}

// A template that changed may have registers that did not exist before: what was learned about the device is void.
async function applyConfig(config: ResolvedConfig, agentState: AgentState, clock: Clock): Promise<void> {
  if (agentState.appliedConfig()?.revision === config.revision) return;
  const isFirst = agentState.appliedConfig() === null;
  const { gateway, ...rest } = config;
  await agentState.setAppliedConfig({
    revision: config.revision,
    applied_at: new Date(clock.wallMs()).toISOString(),
    config: { ...rest, gateway: { url: gateway.url } },
  });
  if (isFirst) return;
  for (const { reads } of config.machines) for (const { bus, unit } of reads) await agentState.forgetIllegalRanges({ bus, unit });
}

async function tellStart(outbox: Outbox, agentState: AgentState, clock: Clock): Promise<void> {
  const damaged = [...agentState.damagedFiles, ...(outbox.damagedFile === null ? [] : [outbox.damagedFile])].filter((file) =>
    existsSync(file),
  );
  const text = damaged.length === 0 ? "The agent started." : `The agent started. Damaged and set aside: ${damaged.join(", ")}.`;
  const time = timeNow(clock);
  await outbox.commit({
    records: [eventBody({ time, traceId: newTraceId() }, "agent_started", damaged.length === 0 ? "info" : "warning", text)],
  });
}

type StateParts = {
  config: ResolvedConfig;
  clock: Clock;
  outbox: Outbox;
  pipelines: readonly Pipeline[];
  counts: Awaited<ReturnType<Outbox["counts"]>>;
};

function stateMessage({ config, clock, outbox, pipelines, counts }: StateParts): Extract<StateMessage, { status: "online" }> {
  return {
    schema: "millwright/state/1",
    tenant: config.tenant,
    agent: config.agent,
    status: "online",
    epoch: outbox.epoch,
    version: packageJson.version,
    config_revision: config.revision,
    wall_ms: clock.wallMs(),
    machines: config.machines.map((machine, index) => ({
      machine: { site: machine.site, name: machine.name },
      class: machine.class,
      phase: pipelines[index]?.status.phase ?? "unavailable",
      readiness: pipelines[index]?.status.readiness ?? 0,
      missing: pipelines[index]?.status.missing ?? null,
      points: machine.points.filter(({ role }) => role !== "update_counter").map(({ name, unit }) => ({ name, unit })),
    })),
    outbox: { waiting: Object.values(counts.waiting).reduce((sum, records) => sum + records, 0), dropped: counts.dropped },
  };
}
