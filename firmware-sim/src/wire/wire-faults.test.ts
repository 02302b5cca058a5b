import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { misplacedFaults, WireFaultSettings, wireFaultNames } from "./fault-settings.ts";
import { behindFaults } from "./wire-device.ts";
import { createWireFaults, goodFate, sumOfCounts, type WireFate } from "./wire-faults.ts";

const struck = (fate: WireFate): string => [...fate.strikes].join(" ");

test("rates are kept, each fault on its own; the counts say what was done", () => {
  const faults = createWireFaults("rates", { late: { rate: 0.1, ms: [120, 320] }, crc: 0.05, half: 0.02 });
  const fates = Array.from({ length: 20_000 }, () => faults.next(0));
  const share = (name: "late" | "crc" | "half"): number => fates.filter(({ strikes }) => strikes.has(name)).length / fates.length;
  for (const [name, rate] of Object.entries({ late: 0.1, crc: 0.05, half: 0.02 }) as ["late" | "crc" | "half", number][])
    assert.ok(Math.abs(share(name) - rate) < 0.008, `${name} ${share(name)}`);
  assert.equal(faults.counts.crc, fates.filter(({ strikes }) => strikes.has("crc")).length);
  const late = fates.filter(({ strikes }) => strikes.has("late")).map(({ lateMs }) => lateMs);
  assert.ok(Math.min(...late) >= 120 && Math.max(...late) <= 320 && Math.max(...late) - Math.min(...late) > 180);
});

test("other settings do not move a fault, and the same seed gives the same", () => {
  const crcs = (settings: WireFaultSettings): string => {
    const faults = createWireFaults("seed", { crc: 0.3, ...settings });
    return Array.from({ length: 200 }, () => (faults.next(0).strikes.has("crc") ? "x" : ".")).join("");
  };
  assert.equal(crcs({}), crcs({ half: 0.5, echo: 0.2, late: { rate: 0.5, ms: [1, 2] } }));
  assert.notEqual(crcs({}), "");
});

test("what is dropped is nothing else; only one thing can be the reply", () => {
  const faults = createWireFaults("one", { drop: 1, crc: 1, half: 1 });
  assert.equal(struck(faults.next(0)), "drop");
  assert.deepEqual(faults.counts, { drop: 1 });
  assert.equal(struck(createWireFaults("two", { exception: { rate: 1, code: 2 }, busy: 1, wrong_count: 1 }).next(0)), "exception");
});

test("live settings replace those they name; a rate of 0 ends a fault", () => {
  const faults = createWireFaults("live", { crc: 1, echo: 1 });
  faults.set({ crc: 0 });
  assert.equal(struck(faults.next(0)), "echo");
  faults.set({ echo: 0, noise: 1 });
  assert.equal(struck(faults.next(0)), "noise");
});

test("a stuck device shows what it showed last, for as long as it says", () => {
  let value = 0;
  const faults = createWireFaults("stuck", { stuck: { rate: 0, for: 100 } });
  const device = behindFaults({ unit: 1, present: () => ({ read: () => Uint16Array.of(++value) }) }, faults);
  const at = (nowMs: number): unknown => {
    faults.next(nowMs);
    return device.present();
  };
  const first = at(0);
  assert.notEqual(at(1), first);
  faults.set({ stuck: { rate: 1, for: 100 } });
  const held = at(2);
  faults.set({ stuck: { rate: 0, for: 100 } });
  assert.equal(at(50), held);
  assert.equal(at(101), held);
  assert.notEqual(at(103), held);
});

test("a schedule strikes at the first request after its time", () => {
  const faults = createWireFaults("schedule", { disconnect: { rate: 0, every: 1_000 } });
  assert.deepEqual(
    [0, 500, 1_100, 1_200, 2_050, 2_150].map((nowMs) => faults.next(nowMs).strikes.size),
    [0, 0, 1, 0, 0, 1],
  );
});

test("no settings: the one good fate", () => {
  assert.equal(createWireFaults("none").next(0), goodFate);
});

test("faults that cannot happen on a transport are found", () => {
  const every = v.parse(WireFaultSettings, {
    crc: 0.1,
    wrong_transaction: 0.1,
    lying_length: 0.1,
    disconnect: { every: "1s" },
    unplug: { every: "1s", for: "100ms" },
    late: { rate: 0.1, ms: [1, 2] },
  });
  assert.deepEqual(misplacedFaults(every, "tcp"), ["crc", "unplug"]);
  assert.deepEqual(misplacedFaults(every, "pty"), ["wrong_transaction", "lying_length", "disconnect"]);
  assert.deepEqual(misplacedFaults(every, "rtu_tcp"), ["wrong_transaction", "lying_length", "unplug"]);
  assert.equal(wireFaultNames.length, 16);
});

test("counts add up", () => {
  assert.deepEqual(sumOfCounts([{ crc: 1, late: 2 }, { late: 3 }, {}]), { late: 5, crc: 1 });
});
