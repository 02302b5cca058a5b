// An outbox in a temporary folder, and records to put into it.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { createClock } from "@millwright/kit/clock";
import { type Bodies, BodyBuffer, spareBuffers } from "../body-buffer.ts";
import { type OutboxOptions, openOutbox } from "../open-outbox.ts";
import type { Outbox, UnsentRecord } from "../outbox.ts";

const clock = createClock();

export const testFolder = (): string => mkdtempSync(join(tmpdir(), "millwright-outbox-"));

export function openTestOutbox(folder: string, options: Partial<OutboxOptions> = {}): Promise<Outbox> {
  return openOutbox({
    file: join(folder, "outbox.db"),
    tenant: "acme",
    agent: "box-1",
    clock,
    maxBytes: 1e9,
    keepMs: 7 * 86_400_000,
    commitWindowMs: 1,
    ...options,
  });
}

/** The same, closed when the test ends, however it ends. */
export async function outboxFor(t: TestContext, folder = testFolder(), options: Partial<OutboxOptions> = {}): Promise<Outbox> {
  const outbox = await openTestOutbox(folder, options);
  t.after(() => outbox.close());
  return outbox;
}

/** As a job has them. */
export function bodiesFrom(texts: readonly string[]): Bodies {
  const buffer = new BodyBuffer(spareBuffers());
  for (const text of texts) buffer.add(text);
  return buffer.bodies;
}

const common = () => ({
  trace_id: "0123456789abcdef",
  time: { boot_id: clock.bootId, monotonic_ms: clock.monotonicMs(), wall_ms: clock.wallMs(), clock: "trusted" as const },
  machine: { site: "chicago/line1", name: "P-101" },
});

/** A row of telemetry; `n` is its value, so that a test finds it again. */
export const telemetry = (n = 0, points = 1): UnsentRecord => ({
  kind: "telemetry",
  ...common(),
  values: Object.fromEntries(Array.from({ length: points }, (_, i) => [`v${i}`, n])),
  score: null,
  level: "normal",
});

/** An event; `text` may be longer than the contract allows, to make it large. */
export const event = (text = "hello", more: { event?: "agent_started" | "command_done"; command_id?: string } = {}): UnsentRecord => ({
  kind: "event",
  ...common(),
  event: "agent_started",
  severity: "info",
  text,
  ...more,
});

export const prediction = (): UnsentRecord => ({
  kind: "prediction",
  ...common(),
  failure_mode: "UNK",
  level: "normal",
  layer: "baseline",
  episode: null,
  score: { status: "available", value: 0.2 },
  p_fail: { status: "unavailable", reason: "no_prognosis_model" },
  remaining_life: { status: "unavailable", reason: "no_prognosis_model" },
  signals: [],
  good_share: 1,
  lineage: {
    model_id: null,
    model_hash: null,
    feature_schema_hash: null,
    config_revision: "r1",
    baseline_generation: null,
    threshold_revision: null,
  },
});

/** Everything waiting in a lane. */
export async function waitingSeqs(outbox: Outbox, lane: "prediction" | "event" | "telemetry"): Promise<number[]> {
  const records = await outbox.nextBatch({ lane, afterSeq: 0, maxRecords: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER });
  return records.map((record) => record.seq);
}

export const storeA = "11111111-1111-4111-8111-111111111111";
export const storeB = "22222222-2222-4222-8222-222222222222";
