// Several units on one bus: none of them costs the others their rate.
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import type { BusEvent } from "./bus-event.ts";
import { answerWell, type Behaviour, exceptionTo, replyTo } from "./test-support/hostile-server.ts";
import { request, until, withBus } from "./test-support/with-bus.ts";

test("a dead unit is only probed: the others keep their rate; it is read again when it answers", async () => {
  let isDead = true;
  const events: BusEvent[] = [];
  const oneIsDead: Behaviour = (asked, socket) => (isDead && asked.unit === 1 ? undefined : answerWell(asked, socket));
  await withBus(oneIsDead, { timeoutMs: 20, onEvent: (event) => events.push(event) }, async (bus, server) => {
    const cycle = async (): Promise<boolean[]> => {
      const outcomes = [];
      for (const unit of [1, 2, 3, 4]) outcomes.push((await bus.read({ ...request, unit })).ok);
      return outcomes;
    };
    for (let i = 0; i < 4; i++) assert.deepEqual(await cycle(), [false, true, true, true]);
    assert.deepEqual(bus.health().unitsDown, [1]);
    const before = server.asked.filter(({ unit }) => unit === 1).length;
    const startedMs = performance.now();
    for (let i = 0; i < 100; i++) assert.deepEqual(await cycle(), [false, true, true, true]);
    assert.ok(performance.now() - startedMs < 900, "a hundred cycles cost no more than a probe now and then");
    assert.ok(server.asked.filter(({ unit }) => unit === 1).length - before <= 1);
    isDead = false;
    await until(async () => (await cycle())[0] === true);
    assert.deepEqual(
      events.filter(({ kind }) => kind.startsWith("unit")).map(({ kind }) => kind),
      ["unit_down", "unit_up"],
    );
  });
});

test("a single unit that was silent is read again at once: nobody else waits for its bus", async () => {
  let isDead = false;
  await withBus(
    (a, s) => (isDead ? undefined : answerWell(a, s)),
    { timeoutMs: 10 },
    async (bus) => {
      assert.equal((await bus.read(request)).ok, true);
      isDead = true;
      for (let i = 0; i < 30; i++) assert.equal((await bus.read(request)).ok, false);
      isDead = false;
      await until(async () => (await bus.read(request)).ok, 400);
    },
  );
});

test("a busy unit does not keep the others waiting", async () => {
  const order: number[] = [];
  const busyOne: Behaviour = (asked, socket) => {
    order.push(asked.unit);
    if (asked.unit === 1 && order.length === 1) socket.write(exceptionTo(asked, 6));
    else answerWell(asked, socket);
  };
  await withBus(busyOne, { retries: 1, timeoutMs: 500 }, async (bus) => {
    const outcomes = await Promise.all([1, 2, 3].map((unit) => bus.read({ ...request, unit })));
    assert.ok(outcomes.every(({ ok }) => ok));
    assert.deepEqual(order, [1, 2, 3, 1]);
  });
});

test("a device that allows one request never sees two, beside one that allows four and gets them", async () => {
  let [inFlight, most, worst] = [0, 0, 0];
  const slow: Behaviour = (asked, socket) => {
    inFlight++;
    most = Math.max(most, inFlight);
    if (asked.unit === 1 || inFlight > 4) worst = Math.max(worst, inFlight);
    setTimeout(() => {
      inFlight--;
      socket.write(replyTo(asked));
    }, 1);
  };
  await withBus(slow, { timeoutMs: 500, maxInFlight: 16 }, async (bus) => {
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, i) => {
        const unit = i % 20 === 7 ? 1 : 2;
        return bus.read({ ...request, unit, address: 3 * i }, { pipeline: unit === 1 ? 1 : 4, pauseMs: 0 });
      }),
    );
    for (const [i, outcome] of outcomes.entries()) assert.deepEqual(outcome.ok && [...outcome.reply], [3 * i, 3 * i + 1]);
    assert.deepEqual([most, worst], [4, 1]);
  });
});

test("whatever a device allows, a bus that carries one request carries one", async () => {
  let inFlight = 0;
  const slow: Behaviour = (asked, socket) => {
    assert.equal(++inFlight, 1);
    setTimeout(() => {
      inFlight--;
      socket.write(replyTo(asked));
    }, 1);
  };
  await withBus(slow, { timeoutMs: 500 }, async (bus) => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => bus.read(request, { pipeline: 16, pauseMs: 0 })));
    assert.ok(outcomes.every(({ ok }) => ok));
  });
});

test("a unit that needs a pause gets it, and others are read meanwhile", async () => {
  const asked: { unit: number; atMs: number }[] = [];
  const noting: Behaviour = (a, s) => {
    asked.push({ unit: a.unit, atMs: performance.now() });
    answerWell(a, s);
  };
  await withBus(noting, { timeoutMs: 500, maxInFlight: 16 }, async (bus) => {
    const paused = Array.from({ length: 4 }, () => bus.read({ ...request, unit: 1 }, { pipeline: 8, pauseMs: 30 }));
    const others = Array.from({ length: 20 }, () => bus.read({ ...request, unit: 2 }));
    await Promise.all([...paused, ...others]);
    const times = asked.filter(({ unit }) => unit === 1).map(({ atMs }) => atMs);
    for (const [i, atMs] of times.slice(1).entries()) assert.ok(atMs - (times[i] as number) >= 29, "too early");
    assert.ok(asked.findLastIndex(({ unit }) => unit === 2) < asked.findIndex(({ atMs }) => atMs === times[2]));
  });
});
