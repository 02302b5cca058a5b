import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Bus } from "./bus.ts";
import { type Link, type LinkCounters, newLinkCounters } from "./link.ts";
import { type RtuOptions, rtuOverTcp } from "./modbus-rtu.ts";
import type { ReadOutcome, ReadRequest } from "./read-outcome.ts";
import { answerInOrder, answerRtuWell, damaged, type RtuBehaviour, RtuSlave, rtuReply } from "./test-support/rtu-slave.ts";
import { seeded } from "./test-support/seeded.ts";

const timeoutMs = 40;
const request: ReadRequest = { unit: 3, table: "holding", address: 100, count: 4 };
const right = [100, 101, 102, 103];
const anySignal = (): AbortSignal => new AbortController().signal;

type Session = { link: Link<ReadRequest, Uint16Array>; slave: RtuSlave; counters: LinkCounters };

async function withLink(
  behaviour: RtuBehaviour,
  body: (session: Session) => Promise<void>,
  { closeAfterTimeouts = 3, ...options }: RtuOptions & { closeAfterTimeouts?: number } = {},
): Promise<void> {
  const slave = await RtuSlave.start(behaviour);
  const counters = newLinkCounters();
  const link = await rtuOverTcp({ host: "127.0.0.1", port: slave.port }, options)({ counters, closeAfterTimeouts, signal: anySignal() });
  try {
    await body({ link, slave, counters });
  } finally {
    link.close();
    await slave.stop();
  }
}

const shown = (outcome: ReadOutcome): number[] | string => (outcome.ok ? [...outcome.reply] : outcome.code);

test("an echo and noise before the reply are skipped", async () => {
  const noisy: RtuBehaviour = (asked, socket) => {
    socket.write(Buffer.concat([asked.bytes, Buffer.from([0, 0xff, 7, 0, 0x55]), rtuReply(asked)]));
  };
  await withLink(noisy, async ({ link, counters }) => {
    for (let i = 0; i < 3; i++) assert.deepEqual(shown(await link.read(request, 500)), right);
    assert.deepEqual([counters.good, counters.malformed], [3, 0]);
  });
});

test("a wrong checksum fails at once, not at the deadline; the next read is right", async () => {
  let isBad = true;
  const once: RtuBehaviour = (asked, socket) => {
    socket.write(isBad ? damaged(rtuReply(asked)) : rtuReply(asked));
    isBad = false;
  };
  await withLink(once, async ({ link, counters }) => {
    const startedMs = performance.now();
    assert.equal(shown(await link.read(request, 5_000)), "bus_malformed_reply");
    assert.ok(performance.now() - startedMs < 2_500);
    assert.deepEqual(shown(await link.read(request, 5_000)), right);
    assert.deepEqual([counters.crcErrors, counters.malformed, counters.timeouts], [1, 0, 0]);
  });
});

test("a time-out says what came instead: another unit, half a reply, noise; an echo is nothing", async () => {
  const cases: [RtuBehaviour, RegExp][] = [
    [(asked, socket) => socket.write(rtuReply({ ...asked, unit: 9 })), /ms; 1 other reply came, the last of unit 9$/],
    [(asked, socket) => socket.write(rtuReply(asked).subarray(0, 5)), /ms; half a reply came \(is timeout long enough/],
    [
      (asked, socket) => socket.write(Buffer.concat([asked.bytes, Buffer.from([0xff, 0, 7])])),
      /ms; 3 bytes came that are none \(are baud rate and parity right\?\)$/,
    ],
    [(asked, socket) => socket.write(asked.bytes), /no answer within 40 ms$/],
  ];
  for (const [behaviour, detail] of cases)
    await withLink(behaviour, async ({ link }) => {
      const outcome = await link.read(request, timeoutMs);
      assert.match(outcome.ok ? "" : outcome.detail, detail);
    });
});

test("after a silence a read of another length comes first, and only if no late reply was heard", async () => {
  await withLink(
    () => {},
    async ({ link, slave }) => {
      assert.equal(shown(await link.read(request, timeoutMs)), "bus_timeout");
      slave.behaviour = answerRtuWell;
      assert.deepEqual(shown(await link.read(request, 500)), right);
      assert.deepEqual(
        slave.asked.map(({ count }) => count),
        [4, 1, 4],
      );
      slave.behaviour = (asked, socket) => void setTimeout(() => socket.write(rtuReply(asked)), timeoutMs + 20);
      assert.equal(shown(await link.read(request, timeoutMs)), "bus_timeout");
      await sleep(60);
      slave.behaviour = answerRtuWell;
      assert.deepEqual(shown(await link.read(request, 500)), right);
      assert.equal(slave.asked.length, 5);
    },
  );
});

test("a reply later than the whole drain is told apart by its length", async () => {
  let held: (() => void) | null = null;
  const holding: RtuBehaviour = (asked, socket) => {
    held = () => void socket.write(rtuReply(asked));
  };
  await withLink(holding, async ({ link, slave, counters }) => {
    assert.equal(shown(await link.read(request, timeoutMs)), "bus_timeout");
    slave.behaviour = (asked, socket) => {
      held?.();
      held = null;
      socket.write(rtuReply(asked));
    };
    await sleep(4 * timeoutMs);
    assert.deepEqual(shown(await link.read({ ...request, address: 900 }, 500)), [900, 901, 902, 903]);
    assert.equal(counters.lateRejected, 1);
  });
});

test("a reply that is owed over a lost connection is told apart, too", async () => {
  const slave = await RtuSlave.start(() => {});
  const open = rtuOverTcp({ host: "127.0.0.1", port: slave.port });
  const options = { counters: newLinkCounters(), closeAfterTimeouts: 1, signal: anySignal() };
  const first = await open(options);
  assert.equal(shown(await first.read(request, timeoutMs)), "bus_timeout");
  assert.equal((await first.ended).kind, "timeouts");
  let isFirst = true;
  slave.behaviour = (asked, socket) => {
    if (isFirst) socket.write(rtuReply({ ...asked, address: request.address, count: request.count }));
    isFirst = false;
    socket.write(rtuReply(asked));
  };
  const second = await open(options);
  assert.deepEqual(shown(await second.read({ ...request, address: 900 }, 500)), [900, 901, 902, 903]);
  second.close();
  await slave.stop();
});

test("a line on which something chatters for ever is used all the same, and closing does not wait for it", async () => {
  let chatter: NodeJS.Timeout | undefined;
  const chatty: RtuBehaviour = (_, socket: Socket) => {
    chatter ??= setInterval(() => socket.write(Buffer.from([0x55])), 5);
  };
  await withLink(chatty, async ({ link, slave }) => {
    assert.equal(shown(await link.read(request, timeoutMs)), "bus_timeout");
    slave.behaviour = answerRtuWell;
    assert.deepEqual(shown(await link.read(request, 500)), right);
    slave.behaviour = () => {};
    assert.equal(shown(await link.read(request, timeoutMs)), "bus_timeout");
    const waiting = link.read(request, timeoutMs);
    link.close();
    assert.equal(shown(await waiting), "bus_connection_lost");
    clearInterval(chatter);
  });
});

test("a converter that takes bytes and answers none is given up after its time-outs", async () => {
  await withLink(
    () => {},
    async ({ link }) => {
      for (let i = 0; i < 3; i++) assert.equal(shown(await link.read(request, 10)), "bus_timeout");
      assert.equal((await link.ended).kind, "timeouts");
    },
  );
});

// Late up to three time-outs, lost, damaged, cut, behind noise or an echo, from another unit, with another count; a slave answers in order.
function faulty(random: () => number, onTimeMs: number): RtuBehaviour {
  const reply = (asked: Parameters<typeof rtuReply>[0] & { bytes: Buffer }): Buffer => {
    const dice = random();
    const frame = rtuReply(asked);
    if (dice < 0.03) return Buffer.alloc(0);
    if (dice < 0.08) return damaged(frame, 3 + Math.floor(random() * (frame.length - 3)));
    if (dice < 0.12) return frame.subarray(0, 1 + Math.floor(random() * (frame.length - 1)));
    if (dice < 0.16) return Buffer.concat([Buffer.from([0xff, 0x00, 0x99]), frame]);
    if (dice < 0.2) return Buffer.concat([asked.bytes, frame]);
    if (dice < 0.22) return rtuReply(asked, { unit: 9 });
    if (dice < 0.24) return rtuReply({ ...asked, count: asked.count + 1 });
    return frame;
  };
  return answerInOrder(() => (random() < 0.1 ? onTimeMs * (1.1 + 1.9 * random()) : 0), reply);
}

async function pollFaulty(
  name: string,
  polls: number,
  options: RtuOptions,
): Promise<{ right: number; wrong: number; counters: LinkCounters }> {
  const { random } = seeded(name);
  const found = { right: 0, wrong: 0 };
  const counts = newLinkCounters();
  await withLink(
    faulty(random, 20),
    async ({ link, counters }) => {
      for (let i = 0; i < polls; i++) {
        const address = Math.floor(random() * 60_000);
        const outcome = await link.read({ ...request, unit: 1 + (i % 2), address }, 20);
        if (outcome.ok) found[outcome.reply.every((value, k) => value === address + k) ? "right" : "wrong"]++;
      }
      Object.assign(counts, counters);
    },
    { ...options, closeAfterTimeouts: polls },
  );
  return { ...found, counters: counts };
}

test("four hundred polls on a faulty line: no value is wrong", async () => {
  const { right: good, wrong, counters } = await pollFaulty("faulty line", 400, {});
  assert.equal(wrong, 0);
  assert.ok(good > 100, `${good} right`);
  assert.ok(counters.lateRejected > 0 && counters.crcErrors > 0, JSON.stringify(counters));
});

test("without draining the same line gives wrong values: the test above can fail", async () => {
  const { wrong } = await pollFaulty("faulty line without drain", 400, { drain: "off" });
  assert.ok(wrong > 0);
});

test("one dead unit of 30 costs the others 2 % of their rate at most", async () => {
  const dead = 7;
  const slave = await RtuSlave.start((asked, socket) => {
    if (asked.unit !== dead) setTimeout(() => socket.write(rtuReply(asked)), 2);
  });
  const bus = new Bus({ name: "line", open: rtuOverTcp({ host: "127.0.0.1", port: slave.port }), timeoutMs: 20, retries: 1 });
  const readAll = async (): Promise<void> => {
    for (let unit = 1; unit <= 30; unit++) await bus.read({ ...request, unit });
  };
  await readAll();
  assert.deepEqual(bus.health().unitsDown, [dead], "a unit that never answered is found out with its first read");
  const before = slave.asked.length;
  const startedMs = performance.now();
  while (performance.now() - startedMs < 12_000) await readAll();
  const probes = slave.asked.slice(before).filter(({ unit }) => unit === dead).length;
  // Each probe takes the line for its time-out and the drain, 20 + 50 ms.
  const share = (70 * probes) / (performance.now() - startedMs);
  assert.ok(probes > 0 && share <= 0.02, `${probes} probes took ${(100 * share).toFixed(2)} % of the line`);
  await bus.close();
  await slave.stop();
});
