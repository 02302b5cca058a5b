// A whole agent (configuration file, HTTP bus, prognosis bundle, outbox) that hears NASA's turbofans, one cycle a poll from their first to their
// last. Out: what it told of each after each cycle. The gateway is not there: every record stays in the outbox.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { Prediction } from "@millwright/contract/prediction";
import type { Telemetry } from "@millwright/contract/telemetry";
import { createClock } from "@millwright/kit/clock";
import { formatIssue } from "@millwright/kit/yaml-file";
import type { EngineUnit } from "@millwright/models/evaluation/parse-cmapss-file";
import { stringify } from "yaml";
import { loadConfig } from "../config/load-config.ts";
import { startAgent } from "../main.ts";
import { openOutbox } from "../outbox/open-outbox.ts";
import type { Outbox } from "../outbox/outbox.ts";
import { answerJson, JsonServer } from "../registers/test-support/json-server.ts";

/** Names of the bundle of `millwright-models train cmapss`. */
export const engineSettings = numbered("setting", 3);
export const engineSensors = numbered("sensor", 21);

/** So long a prediction is due after every cycle, whether the forecast has moved or not. Machine time. */
const cycleHours = 24;
/** Real ms without a new cycle after which the run has failed. */
const patienceMs = 120_000;

export type TurbofanRun = {
  /** Folder of a signed bundle, and the key it is signed with. */
  bundle: string;
  signer: string;
  units: readonly EngineUnit[];
  /** Real ms between two cycles. */
  everyMs: number;
};

/** @returns unit → what was told after its first, second, … cycle. @throws where a cycle was lost, or nothing was told after one */
export async function runTurbofans({ bundle, signer, units, everyMs }: TurbofanRun): Promise<Map<number, Prediction[]>> {
  const folder = mkdtempSync(join(tmpdir(), "millwright-turbofans-"));
  const clock = createClock({ scale: (cycleHours * 3_600_000) / everyMs, originMs: Date.now() });
  const served = new Map(units.map(({ unit }) => [String(unit), 0]));
  const isServed = (): boolean => units.every(({ unit, cycles }) => (served.get(String(unit)) as number) > cycles.length);
  let opened = 0;
  const engines = await JsonServer.start((request, response) => {
    const unit = request.url?.slice(1) ?? "";
    const cycles = units.find((one) => String(one.unit) === unit)?.cycles ?? [];
    // Of what is heard before the bundle is open nothing is forecast.
    if (opened < units.length) return response.writeHead(503).end();
    const cycle = (served.get(unit) as number) + 1;
    served.set(unit, cycle);
    return answerJson(documentOf(cycles, Math.min(cycle, cycles.length)))(request, response);
  });
  try {
    const config = load(folder, { bundle, signer, units, url: engines.url });
    const agent = await startAgent({
      config,
      clock,
      ledgerFile: undefined,
      say: (event) => {
        if (event.event === "prognosis") opened += 1;
      },
      warn: () => {},
      onStoreLost: (fault) => {
        throw fault;
      },
    });
    let [heard, dueMs] = [0, performance.now() + patienceMs];
    while (!isServed()) {
      await sleep(50);
      if (engines.asked.length > heard) [heard, dueMs] = [engines.asked.length, performance.now() + patienceMs];
      if (performance.now() > dueMs) throw new Error(`no poll for ${patienceMs} ms, after ${heard}`);
    }
    await agent.stop();
    const { dataDir, tenant, agent: name } = config;
    const file = join(dataDir, "outbox.db");
    const outbox = await openOutbox({ file, tenant, agent: name, clock, maxBytes: 1e9, keepMs: 1e9 });
    try {
      return await toldIn(outbox, units);
    } finally {
      await outbox.close();
    }
  } finally {
    await engines.stop();
    rmSync(folder, { recursive: true });
  }
}

function load(folder: string, { bundle, signer, units, url }: Pick<TurbofanRun, "bundle" | "signer" | "units"> & { url: string }) {
  const every = `${cycleHours}h`;
  const point = (pointer: string) => ({ pointer, unit: "1" });
  const template = {
    template: "test/turbofan",
    title: "A turbofan",
    source: { kind: "ours", title: "NASA's turbofans, served by a test" },
    trust: "stated",
    protocol: "http-json",
    path: "/{unit}",
    points: {
      cycle: { ...point("/cycle"), role: "update_counter" },
      ...Object.fromEntries(engineSettings.map((name, n) => [name, point(`/settings/${n}`)])),
      ...Object.fromEntries(engineSensors.map((name, n) => [name, point(`/values/${n}`)])),
    },
  };
  mkdirSync(join(folder, "test"));
  writeFileSync(join(folder, "test/turbofan.yaml"), stringify(template));
  const machine = (unit: number) => ({
    class: "other",
    every,
    prognosis: { bundle },
    reads: [{ bus: "engines", unit, template: "test/turbofan", every }],
  });
  const file = join(folder, "agent.yaml");
  writeFileSync(
    file,
    stringify({
      version: 1,
      agent: "box",
      site: "test",
      gateway: { url: "mqtt://127.0.0.1:1" },
      data_dir: "data",
      templates: ["."],
      trusted_keys: { workshop: signer },
      buses: { engines: { http: url, timeout: "60s" } },
      machines: Object.fromEntries(units.map(({ unit }) => [`E-${unit}`, machine(unit)])),
    }),
  );
  const loaded = loadConfig(file);
  if (!loaded.ok) throw new Error(loaded.issues.map(formatIssue).join("\n"));
  return loaded.config;
}

const documentOf = (cycles: EngineUnit["cycles"], cycle: number): object => ({ cycle, ...cycles[cycle - 1] });

async function toldIn(outbox: Outbox, units: readonly EngineUnit[]): Promise<Map<number, Prediction[]>> {
  const cycleOf = new Map<string, number>();
  for await (const { trace_id, update } of recordsOf<Telemetry>(outbox, "telemetry"))
    if (update !== undefined) cycleOf.set(trace_id, update);
  const told = new Map(units.map(({ unit }) => [`E-${unit}`, [] as Prediction[]]));
  for await (const prediction of recordsOf<Prediction>(outbox, "prediction"))
    (told.get(prediction.machine.name) as Prediction[])[(cycleOf.get(prediction.trace_id) ?? 0) - 1] = prediction;
  for (const { unit, cycles } of units) {
    const its = told.get(`E-${unit}`) as Prediction[];
    const lost = cycles.findIndex((_, n) => its[n] === undefined);
    if (lost >= 0) throw new Error(`nothing was told of unit ${unit} after its cycle ${lost + 1}`);
  }
  return new Map(units.map(({ unit }) => [unit, told.get(`E-${unit}`) as Prediction[]]));
}

async function* recordsOf<R>(outbox: Outbox, lane: "telemetry" | "prediction"): AsyncGenerator<R> {
  for (let afterSeq = 0; ; ) {
    const batch = await outbox.nextBatch({ lane, afterSeq, maxRecords: 500, maxBytes: 1e7 });
    if (batch.length === 0) return;
    for (const { json } of batch) yield JSON.parse(json) as R;
    afterSeq = batch.at(-1)?.seq ?? afterSeq;
  }
}

function numbered(word: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${word}_${n + 1}`);
}
