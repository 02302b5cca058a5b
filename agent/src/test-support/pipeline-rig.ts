// One machine's flow with its real parts: outbox on disk, model worker with onnxruntime, bundles in a folder; and seeded rows to feed it with.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { Prediction } from "@millwright/contract/prediction";
import type { Telemetry } from "@millwright/contract/telemetry";
import type { Lane } from "@millwright/contract/topics";
import { createClock } from "@millwright/kit/clock";
import type { ZoneRule } from "@millwright/models/decisions/vibration-zone";
import type { WearRule } from "@millwright/models/decisions/wear-layer";
import { newSigningKey, parseSigningKey } from "@millwright/models/onnx/signing-key";
import { openAgentState } from "../baselines/agent-state.ts";
import type { ResolvedPrognosis } from "../config/resolved-config.ts";
import type { RunEvent } from "../events.ts";
import { startModelRunner } from "../inference/model-runner.ts";
import { partKey } from "../machine-parts.ts";
import { modelLife } from "../model-life.ts";
import { diskTrouble } from "../outbox/disk-trouble.ts";
import { openOutbox } from "../outbox/open-outbox.ts";
import { openPipeline } from "../pipeline.ts";
import type { MachineRow } from "../samples/machine-row.ts";
import type { RunningRule } from "../samples/running-gate.ts";
import type { StatesRule } from "../samples/state-gate.ts";

export const machine = { site: "test", name: "M-1" };
export const key = "test/M-1";
export const points = ["load", "current", "vibration"].map((name) => ({ name, unit: "1", role: "measurement" as const }));
const clock = createClock();
export const workshop = parseSigningKey(newSigningKey(), "workshop");
const boxKey = parseSigningKey(newSigningKey(), "test");
const nothing = async (): Promise<void> => {};
const passed = new Set<string>();
const vetted = {
  has: (bundle: string) => passed.has(bundle),
  add: async (bundle: string) => void passed.add(bundle),
  deaths: () => 0,
  opening: nothing,
  outlived: nothing,
};
const models = startModelRunner({
  boxKey,
  trustedKeys: new Map([[workshop.publicKey, "workshop"]]),
  vetted,
});
const open = new Set<() => Promise<void>>();
after(async () => {
  await Promise.all([...open].map((close) => close()));
  await models.close();
});

export type Rig = Awaited<ReturnType<typeof openRig>>;

export type RigOptions = {
  /** `auto`, or the folder of a bundle. */
  source?: string;
  running?: RunningRule | null;
  states?: StatesRule | null;
  zones?: readonly ZoneRule[];
  wear?: readonly WearRule[];
  novelty?: readonly string[];
  periodMs?: number;
  wantedRows?: number;
  olderModel?: "refuse" | "accept";
  prognosis?: ResolvedPrognosis | null;
  modelOldAfterMs?: number | null;
};

export async function openRig(
  dataDir: string,
  {
    source = "auto",
    running = null,
    states = null,
    zones = [],
    wear = [],
    novelty = [],
    periodMs = 1_000,
    wantedRows = 400,
    olderModel = "refuse",
    prognosis = null,
    modelOldAfterMs = null,
  }: RigOptions = {},
) {
  const events: RunEvent[] = [];
  const agentState = await openAgentState({
    file: join(dataDir, "agent-state.json"),
    tenant: "default",
    agent: "a",
    wallMs: clock.wallMs(),
  });
  const outbox = await openOutbox({ file: join(dataDir, "outbox.db"), tenant: "default", agent: "a", clock, maxBytes: 1e9, keepMs: 1e9 });
  const measured = points.map(({ name, unit }) => ({ name, unit }));
  const lifeOf = (state: string | null) =>
    modelLife({
      machine,
      key: partKey(key, state),
      state,
      machineClass: "motor",
      source,
      olderModel,
      points: measured,
      periodMs,
      dataDir,
      models,
      agentState,
    });
  const rules = [{ point: "vibration", warnHigh: 20 }];
  const pipeline = await openPipeline({
    machine,
    machineClass: "motor",
    hasWaveforms: false,
    key,
    points,
    rules,
    zones,
    wear,
    novelty,
    running,
    states,
    periodMs,
    wantedRows,
    modelOldAfterMs,
    learns: source === "auto",
    configRevision: "r",
    lifeOf,
    prognosis: prognosis === null ? null : { config: prognosis, models, agentState },
    outbox,
    disk: diskTrouble((text) => events.push({ event: "device", text })),
    clock,
    say: (event) => events.push(event),
    onStatus: () => {},
  });
  const close = async (): Promise<void> => {
    if (!open.delete(close)) return;
    await pipeline.idle();
    await outbox.close();
  };
  open.add(close);
  return { pipeline, outbox, events, close };
}

// One row a second; the same n gives the same row, so that a restart can go on where it was.
export function rowAt(n: number, fault: number): MachineRow {
  const noise = (k: number): number => (Math.sin(n * 12.9898 + k * 78.233) * 43758.5453) % 1;
  const load = 10 + 2 * Math.sin(n / 40) + 0.2 * noise(1);
  const values = Float64Array.of(load, 1.2 * load + 0.2 * noise(2), 2 + 0.1 * load + 0.15 * noise(3) + fault);
  return {
    machine,
    bootId: clock.bootId,
    atMonotonicMs: 1_000 * n,
    atWallMs: 1_767_225_600_000 + 1_000 * n,
    clock: "trusted",
    update: n,
    values,
    shown: values,
    reasons: [null, null, null],
  };
}

export async function feed(rig: Rig, from: number, to: number, fault = 0): Promise<void> {
  for (let n = from; n < to; n++) rig.pipeline.take(rowAt(n, fault));
  await rig.pipeline.idle();
}

/** Levels of all rows so far, as telemetry has them. */
export const levelsOf = async (rig: Rig): Promise<string[]> => (await recordsOf<Telemetry>(rig, "telemetry")).map(({ level }) => level);

export const predictions = (rig: Rig): Promise<Prediction[]> => recordsOf<Prediction>(rig, "prediction");

async function recordsOf<R>(rig: Rig, lane: Lane): Promise<R[]> {
  const records: R[] = [];
  for (let afterSeq = 0; ; ) {
    const batch = await rig.outbox.nextBatch({ lane, afterSeq, maxRecords: 5_000, maxBytes: 1e8 });
    const last = batch.at(-1);
    if (last === undefined) return records;
    records.push(...batch.map(({ json }) => JSON.parse(json) as R));
    afterSeq = last.seq;
  }
}

export const folder = (): string => mkdtempSync(join(tmpdir(), "millwright-pipeline-"));
