import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonTemplate } from "@millwright/contract/json-template";
import * as v from "valibot";
import type { JsonReply, JsonRequest } from "./http-json.ts";
import { jsonReader } from "./json-reader.ts";
import { type Outcome, readFailure } from "./read-outcome.ts";

const template = v.parse(JsonTemplate, {
  template: "acme/weather",
  title: "t",
  source: { kind: "ours", title: "t" },
  trust: "stated",
  protocol: "http-json",
  path: "/v1/{unit}/now?station={unit}",
  time: { pointer: "/at", format: "epoch_ms", max_age: "10m" },
  points: {
    temperature: { pointer: "/t", unit: "Cel", range: [-50, 60] },
    humidity: { pointer: "/h", unit: "%" },
    wind: { pointer: "/w", unit: "m/s" },
  },
});

const nowMs = Date.UTC(2026, 10, 25);
const clock = { monotonicMs: () => 42, wallMs: () => nowMs };

async function readingOf(outcome: Outcome<JsonReply>, names = ["wind", "temperature", "humidity"]) {
  const asked: JsonRequest[] = [];
  const read = (request: JsonRequest) => {
    asked.push(request);
    return Promise.resolve(outcome);
  };
  const reading = await jsonReader({ bus: { read }, template, unit: 7, names, clock }).read();
  return { ...reading, shown: [...reading.shown], asked };
}

const reply = (ageMs: number, more = {}): Outcome<JsonReply> => ({
  ok: true,
  reply: { document: { at: nowMs - ageMs, t: 21.5, h: "40", w: null, ...more } },
});

test("points in the order asked for, the unit in the path, what is missing has no value", async () => {
  const { asked, shown, reasons, atMonotonicMs } = await readingOf(reply(1_000));
  assert.deepEqual(asked, [{ unit: 7, path: "/v1/7/now?station=7" }]);
  assert.deepEqual([shown, reasons, atMonotonicMs], [[Number.NaN, 21.5, 40], ["sentinel", null, null], 42]);
});

test("older than max_age: stale, and shown; from the future: clock; worse reasons stay", async () => {
  const reasonsOf = async (ageMs: number, more = {}) => (await readingOf(reply(ageMs, more))).reasons;
  assert.deepEqual(await reasonsOf(600_000), ["sentinel", null, null]);
  assert.deepEqual(await reasonsOf(600_001), ["sentinel", "stale", "stale"]);
  assert.deepEqual(await reasonsOf(-60_000), ["sentinel", null, null]);
  assert.deepEqual(await reasonsOf(-60_001, { t: 99 }), ["sentinel", "out_of_range", "clock"]);
  assert.deepEqual(await reasonsOf(0, { at: "?" }), ["sentinel", "stale", "stale"]);
  assert.deepEqual((await readingOf(reply(600_001))).shown.slice(1), [21.5, 40]);
});

test("says from when on its values will be too old by the reply's own time", async () => {
  assert.equal((await readingOf(reply(60_000))).staleFromMs, 42 + 540_000);
  assert.equal((await readingOf(reply(-5_000))).staleFromMs, 42 + 600_000);
  assert.equal((await readingOf(reply(600_001))).staleFromMs, undefined);
});

test("no reply: no values, and the reason of the failure for each", async () => {
  const { shown, reasons } = await readingOf(readFailure("bus_exception", "HTTP status 500"), ["wind"]);
  assert.deepEqual([shown, reasons], [[Number.NaN], ["exception"]]);
});
