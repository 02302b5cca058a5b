// The agent, put together: the only file that picks real implementations.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "@millwright/contract/down-message";
import { type Clock, createClock } from "@millwright/kit/clock";
import { type Fault, messageOf } from "@millwright/kit/fault";
import { type Acquisition, type BlockSizeEvent, startAcquisition } from "./acquisition.ts";
import { type AgentState, openAgentState } from "./baselines/agent-state.ts";
import { openBoxKey } from "./baselines/box-key.ts";
import { collectStatus, type GatewayLine } from "./collect-status.ts";
import type { ResolvedConfig } from "./config/resolved-config.ts";
import { deviceEvents, illegalRangesText } from "./device-events.ts";
import type { SayEvent } from "./events.ts";
import { type ModelRunner, startModelRunner } from "./inference/model-runner.ts";
import { machineSetup } from "./machine-setup.ts";
import { startNightly } from "./nightly.ts";
import { type DiskTrouble, diskTrouble } from "./outbox/disk-trouble.ts";
import { openOutbox } from "./outbox/open-outbox.ts";
import type { Outbox } from "./outbox/outbox.ts";
import { eventBody, newTraceId, timeNow } from "./outbox/record-bodies.ts";
import { openPipeline } from "./pipeline.ts";
import type { Pipeline } from "./pipeline-options.ts";
import { stateMessage } from "./state-message.ts";
import { type StatusFile, startStatusFile, statusFileOf } from "./status-file.ts";
import { openUplink, type Uplink } from "./uplink/open-uplink.ts";

export type AgentOptions = {
  config: ResolvedConfig;
  clock: Clock;
  ledgerFile: string | undefined;
  say: SayEvent;
  warn: (text: string) => void;
  /** Nothing becomes durable any more: only a new start helps. */
  onStoreLost: (fault: Fault) => void;
};
export type Agent = { stop(): Promise<void> };

/** How long a stopping agent waits for receipts of what it has just made durable, in real ms. What is left goes out after the next start. */
const farewellMs = 5_000;

/** Real ms after which the retained state is said again where nothing changed but its figures. */
const stateEveryMs = 60_000;

type Running = AgentOptions & {
  agentState: AgentState;
  outbox: Outbox;
  disk: DiskTrouble;
  models: ModelRunner;
  pipelines: Pipeline[];
  uplink: Uplink | null;
  /** null until reading begins. */
  acquisition: Acquisition | null;
  gateway: GatewayLine;
  /** The last trouble of a bus, by its name. */
  busTrouble: Map<string, string>;
};

/** Real ms in which changes of the state are gathered into one message, and the least between two: with 500 machines it is half a megabyte. */
const gatherStateMs = 100;
const stateRestMs = 1_000;

/** The box's own time, whatever machine time does. */
const realTime = createClock();

/** @throws Fault outbox_* where the store cannot be opened. Absent devices and an absent broker are no errors. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { config, clock, say } = options;
  const { tenant, agent, dataDir, buffer } = config;
  const startedMonotonicMs = realTime.monotonicMs();
  const agentState = await openAgentState({ file: join(dataDir, "agent-state.json"), tenant, agent, wallMs: clock.wallMs() });
  const outbox = await openOutbox({
    file: join(dataDir, "outbox.db"),
    tenant,
    agent,
    clock,
    maxBytes: buffer.maxBytes,
    keepMs: buffer.keepMs,
    ledgerFile: options.ledgerFile,
    onStopped: options.onStoreLost,
  });
  await applyConfig(config, agentState, clock);
  const { key: boxKey, news } = await openBoxKey(dataDir);
  const trustedKeys = new Map(Object.entries(config.trustedKeys).map(([name, publicKey]) => [publicKey, name]));
  const running: Running = {
    ...options,
    agentState,
    outbox,
    disk: diskTrouble((text) => say({ event: "device", text })),
    models: startModelRunner({ boxKey, trustedKeys, vetted: agentState.vetted }),
    pipelines: [],
    uplink: null,
    acquisition: null,
    gateway: { isConnected: false, sinceMs: startedMonotonicMs, trouble: null },
    busTrouble: new Map(),
  };
  const publish = gathered(() => publishState(running));
  for (const machine of config.machines) {
    running.pipelines.push(await openPipeline(machineSetup(machine, { ...running, onStatus: publish })));
  }
  running.models.onRestart(() => {
    for (const pipeline of running.pipelines) pipeline.reopenModel();
  });
  running.uplink = connect(running);
  publish();
  await tellStart(running, news);
  const acquisition = acquire(running);
  running.acquisition = acquisition;
  const nightly = startNightly(running);
  const repeat = setInterval(publish, stateEveryMs);
  const collect = () => collectStatus({ ...running, acquisition, startedMonotonicMs, realTime });
  const statusFile = startStatusFile(statusFileOf(dataDir), { collect, machines: config.machines.length, warn: options.warn });
  say({ event: "ready", agent, epoch: outbox.epoch, machines: config.machines.map(({ name }) => name) });
  const stop = async (): Promise<void> => {
    clearInterval(repeat);
    await nightly.close();
    return stopAgent(running, acquisition, statusFile);
  };
  return { stop };
}

function acquire(running: Running): Acquisition {
  const { config, clock, pipelines, say } = running;
  const onBusEvent = deviceEvents(running);
  return startAcquisition({
    config,
    clock,
    onRow: (row, index) => pipelines[index]?.take(row),
    onEvent: (event) => {
      if (event.kind === "bus_unreachable" || event.kind === "bus_disconnected") running.busTrouble.set(event.bus, event.detail);
      if (event.kind === "block_size_learned") return say({ event: "device", text: blockSizeText(event) });
      if (event.kind === "waveform_refused") return say({ event: "device", text: `${event.device}: ${event.detail}` });
      if (event.kind !== "illegal_ranges_learned") return onBusEvent(event);
      const text = illegalRangesText(event);
      if (text !== null) say({ event: "device", text });
    },
  });
}

const blockSizeText = ({ device, maxBlock }: BlockSizeEvent): string =>
  `${device}: it refused a longer read (exception 3) and is asked for ${maxBlock} registers at most; max_block: ${maxBlock} in the template says so from the start`;

function connect(running: Running): Uplink {
  const { config, clock, outbox, pipelines, say, warn } = running;
  const { gateway, tenant, agent, machines } = config;
  const onCommand = async (command: Command): Promise<void> => {
    const index = machines.findIndex(({ site, name }) => site === command.machine.site && name === command.machine.name);
    const pipeline = pipelines[index];
    if (pipeline !== undefined) return pipeline.command(command);
    const context = { time: timeNow(clock), traceId: newTraceId() };
    const text = `${command.machine.name} of ${command.machine.site} is not a machine of this agent; nothing was done.`;
    await outbox.commit({ records: [eventBody(context, "command_done", "warning", text, { command_id: command.id })] });
  };
  // A broker that is away says the same with every try: it is told once.
  let trouble = "";
  const onError = (detail: string): void => {
    if (detail !== trouble) warn(`uplink: ${detail}; records are kept, and it is tried again`);
    trouble = detail;
    running.gateway.trouble = detail;
  };
  const onConnect = (): void => {
    trouble = "";
    running.gateway = { isConnected: true, sinceMs: realTime.monotonicMs(), trouble: null };
    say({ event: "connected", text: `connected to ${gateway.url}` });
  };
  return openUplink({
    outbox,
    tenant,
    agent,
    url: gateway.url,
    username: gateway.username ?? undefined,
    password: gateway.passwordFile === null ? undefined : readFileSync(gateway.passwordFile, "utf8").trim(),
    onCommand,
    onConnect,
    onDisconnect: () => {
      running.gateway = { isConnected: false, sinceMs: realTime.monotonicMs(), trouble: null };
      say({ event: "connected", text: `no connection to ${gateway.url}; records are kept` });
    },
    onError,
  });
}

// 500 machines that begin at the same time change the state 500 times: it is said once.
function gathered(say: () => void): () => void {
  let isWaiting = false;
  let saidMs = Number.NEGATIVE_INFINITY;
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    const restMs = saidMs + stateRestMs - performance.now();
    setTimeout(
      () => {
        isWaiting = false;
        saidMs = performance.now();
        say();
      },
      Math.max(gatherStateMs, restMs),
    );
  };
}

function publishState({ config, clock, outbox, pipelines, uplink, acquisition, warn }: Running): void {
  if (uplink === null) return;
  const buses = acquisition?.health().buses ?? {};
  outbox.counts().then(
    (counts) => uplink.publishState(stateMessage({ config, clock, epoch: outbox.epoch, pipelines, counts, buses })),
    (error: unknown) => warn(messageOf(error)),
  );
}

// Reading ends first, then everything read becomes durable, then the gateway gets a moment to confirm it.
async function stopAgent(
  { pipelines, outbox, uplink, models, say }: Running,
  acquisition: Acquisition,
  statusFile: StatusFile,
): Promise<void> {
  await acquisition.stop();
  await Promise.all(pipelines.map((pipeline) => pipeline.idle()));
  const until = Date.now() + farewellMs;
  while (uplink?.isConnected === true && Date.now() < until && (await isWaiting(outbox))) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await statusFile.stop();
  await uplink?.close();
  await models.close();
  await outbox.close();
  const sum = (count: (pipeline: Pipeline) => number): number => pipelines.reduce((total, pipeline) => total + count(pipeline), 0);
  say({ event: "stopped", rows: sum(({ rows }) => rows), samples: sum(({ samples }) => samples) });
}

async function isWaiting(outbox: Outbox): Promise<boolean> {
  const { waiting } = await outbox.counts();
  return Object.values(waiting).some((records) => records > 0);
}

async function applyConfig({ revision }: ResolvedConfig, agentState: AgentState, clock: Clock): Promise<void> {
  if (agentState.appliedConfig()?.revision === revision) return;
  await agentState.setAppliedConfig({ revision, applied_at: new Date(clock.wallMs()).toISOString() });
}

async function tellStart({ outbox, agentState, clock }: Running, news: readonly string[]): Promise<void> {
  const damaged = agentState.damagedFiles;
  const started = damaged.length === 0 ? "The agent started." : `The agent started; damaged and passed over: ${damaged.join(", ")}.`;
  const text = [started, ...news].join(" ");
  const severity = damaged.length + news.length === 0 ? "info" : "warning";
  await outbox.commit({ records: [eventBody({ time: timeNow(clock), traceId: newTraceId() }, "agent_started", severity, text)] });
}
