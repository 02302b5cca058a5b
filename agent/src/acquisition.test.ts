import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createClock } from "@millwright/kit/clock";
import { type AcquisitionOptions, startAcquisition } from "./acquisition.ts";
import type { ResolvedMachine } from "./config/resolved-config.ts";
import { answerWell, type Behaviour, exceptionTo, HostileServer, replyTo } from "./registers/test-support/hostile-server.ts";
import type { MachineRow } from "./samples/machine-row.ts";

const clock = createClock({ scale: 10, originMs: Date.now() });

function machine(name: string, unit: number, { counter = false, everyMs = 1_000, readMs = 500 } = {}): ResolvedMachine {
  const point = { table: "holding", type: "uint16", order: "ABCD", scale: 1, offset: 0, sentinels: [] } as const;
  const limits = { maxBlock: 125, maxGap: 16, forbidden: [], atomic: [], pauseMs: 0, pipeline: 1 };
  const places = [
    { ...point, name: "a", address: 0 },
    { ...point, name: "b", address: 1 },
  ];
  return {
    site: "s",
    name,
    class: "other",
    model: { kind: "auto" },
    everyMs,
    learnRows: 600,
    points: [
      { name: "a", unit: "1", role: counter ? "update_counter" : "measurement" },
      { name: "b", unit: "1", role: "measurement" },
    ],
    reads: [
      {
        bus: "b",
        template: "t/t",
        everyMs: readMs,
        pointIndexes: [0, 1],
        source: { protocol: "modbus", unit, points: places, ...limits },
      },
    ],
    derived: [],
    counterIndex: counter ? 0 : null,
    limits: {},
  };
}

async function acquire(behaviour: Behaviour, machines: ResolvedMachine[], forMs: number, more: Partial<AcquisitionOptions> = {}) {
  const server = await HostileServer.start(behaviour);
  const rows: MachineRow[] = [];
  const buses = [{ name: "b", kind: "modbus-tcp" as const, host: "127.0.0.1", port: server.port, timeoutMs: 20, retries: 0 }];
  const acquisition = startAcquisition({ config: { buses, machines }, clock, onRow: (row) => rows.push(row), ...more });
  try {
    await sleep(forMs);
    const [health, latest] = [acquisition.health(), acquisition.latest(0)];
    await acquisition.stop();
    const atStop = rows.length;
    await sleep(30);
    assert.equal(rows.length, atStop, "no row comes after stop");
    return { rows, health, latest, server };
  } finally {
    await acquisition.stop();
    await server.stop();
  }
}

test("a device's rows come exactly once each, polled at twice their rate", async () => {
  const startMs = performance.now();
  const counting: Behaviour = (asked, socket) => {
    const row = 1 + Math.floor((performance.now() - startMs) / 100);
    const frame = replyTo(asked);
    frame.writeUInt16BE(row, 9);
    frame.writeUInt16BE(2 * row, 11);
    socket.write(frame);
  };
  const { rows, health } = await acquire(counting, [machine("M", 1, { counter: true })], 1_200);
  const updates = rows.map(({ update }) => update as number);
  assert.ok(updates.length >= 10, `${updates.length} rows`);
  assert.deepEqual(
    updates,
    Array.from(updates, (_, i) => (updates[0] as number) + i),
  );
  assert.ok(rows.every(({ values, update }) => values[1] === 2 * (update as number)));
  assert.equal(health.missedRows, 0);
});

test("without a counter there is a row on every grid point, with values where the device answers and reasons where it does not", async () => {
  const oneIsDead: Behaviour = (asked, socket) => (asked.unit === 2 ? undefined : answerWell(asked, socket));
  const { rows, health } = await acquire(oneIsDead, [machine("M", 1), machine("dead", 2)], 1_200);
  const of = (name: string): MachineRow[] => rows.filter((row) => row.machine.name === name);
  for (const name of ["M", "dead"]) {
    const times = of(name).map(({ atMonotonicMs }) => atMonotonicMs);
    assert.ok(times.length >= 10, `${times.length} rows of ${name}`);
    for (const [i, time] of times.slice(1).entries()) assert.ok(Math.abs(time - (times[i] as number) - 1_000) < 1e-6);
  }
  assert.ok(
    of("M")
      .slice(1)
      .every(({ values, reasons }) => values[1] === 1 && reasons[1] === null),
  );
  assert.ok(of("dead").every(({ values, reasons }) => Number.isNaN(values[1]) && reasons[1] !== null));
  assert.deepEqual(health.buses["b"]?.unitsDown, [2]);
});

test("what a device does not have is learned once and told, by device; after a restart it is asked for again at once", async () => {
  const events: unknown[] = [];
  const hole: Behaviour = (asked, socket) =>
    asked.address <= 1 && asked.address + asked.count > 1
      ? socket.write(Buffer.from([asked.transaction >> 8, asked.transaction & 0xff, 0, 0, 0, 3, asked.unit, 0x83, 2]))
      : answerWell(asked, socket);
  const { latest } = await acquire(hole, [machine("M", 1)], 300, { onEvent: (event) => events.push(event) });
  const illegal = [{ table: "holding", from: 1, to: 2 }];
  assert.deepEqual(events.at(-1), { kind: "illegal_ranges_learned", device: "b/1/t/t", illegal });
  assert.deepEqual(latest.reasons, [null, "exception"]);
  const mended = await acquire(answerWell, [machine("M", 1)], 300);
  assert.deepEqual(mended.latest.reasons, [null, null]);
});

test("the health of a bus is read like a device, and a device that takes few registers is told of", async () => {
  const events: unknown[] = [];
  const short: Behaviour = (asked, socket) => (asked.count > 1 ? socket.write(exceptionTo(asked, 3)) : answerWell(asked, socket));
  const health: ResolvedMachine["reads"][number] = {
    bus: "b",
    template: "millwright/bus-health",
    everyMs: 500,
    pointIndexes: [2],
    source: { protocol: "bus-health", figures: ["exception_share"] },
  };
  const plain = machine("M", 1);
  const watched = {
    ...plain,
    points: [...plain.points, { name: "exceptions", unit: "1", role: "measurement" as const }],
    reads: [...plain.reads, health],
  };
  const { latest } = await acquire(short, [watched], 400, { onEvent: (event) => events.push(event) });
  assert.deepEqual(latest.reasons, [null, null, null]);
  assert.equal(latest.values[2], 0);
  assert.ok(events.some((event) => (event as { kind: string }).kind === "block_size_learned"));
});
