import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { BusFigure } from "@millwright/contract/bus-health-template";
import { Bus } from "./bus.ts";
import { busHealthReader } from "./bus-health-reader.ts";
import { modbusTcp } from "./modbus-tcp.ts";
import { answerWell, exceptionTo, HostileServer } from "./test-support/hostile-server.ts";

const figures = BusFigure.options;
const request = { unit: 1, table: "holding", address: 0, count: 2 } as const;

test("figures of a live bus tell of the time since the read before, and of no other", async (t) => {
  const server = await HostileServer.start();
  const bus = new Bus({ name: "b", open: modbusTcp({ host: "127.0.0.1", port: server.port }), timeoutMs: 300, retries: 0 });
  t.after(() => Promise.all([bus.close(), server.stop()]));
  let nowMs = 0;
  const reader = busHealthReader({ figures, health: () => bus.health(), clock: { monotonicMs: () => nowMs } });
  const read = async () => {
    const { shown, reasons } = await reader.read();
    return Object.fromEntries(figures.map((figure, i) => [figure, reasons[i] ?? (shown[i] as number)]));
  };
  for (let i = 0; i < 8; i++) await bus.read(request);
  server.behaviour = (asked, socket) => socket.write(exceptionTo(asked, 2));
  await bus.read(request);
  server.behaviour = (asked, socket) => void setTimeout(() => answerWell(asked, socket), 400);
  await bus.read(request);
  await sleep(200);
  nowMs = 2_000;
  const first = await read();
  assert.equal(first["requests_per_s"], 5);
  for (const figure of ["timeout_share", "exception_share", "late_rejected_share"]) assert.equal(first[figure], 0.1, figure);
  for (const figure of ["crc_error_share", "malformed_share", "reconnects"]) assert.equal(first[figure], 0, figure);
  assert.ok((first["round_trip_p50_ms"] as number) > 0 && (first["round_trip_p50_ms"] as number) <= (first["round_trip_p99_ms"] as number));

  nowMs = 3_000;
  const quiet = await read();
  assert.equal(quiet["requests_per_s"], 0);
  assert.equal(quiet["timeout_share"], "stale");
  assert.equal(quiet["round_trip_p99_ms"], "stale");

  server.behaviour = (_, socket) => socket.destroy();
  await bus.read(request);
  nowMs = 4_000;
  const lost = await read();
  assert.equal(lost["timeout_share"], 0);
  assert.equal(lost["round_trip_p50_ms"], "connection");
  while (!bus.health().isConnected) await sleep(5);
  nowMs = 5_000;
  assert.equal((await read())["reconnects"], 1);
});
