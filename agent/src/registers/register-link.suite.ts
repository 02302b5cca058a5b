// What every register transport promises, whatever the device does: a right answer or a named failure in time, never another request's value.
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Link, type LinkCounters, newLinkCounters, type OpenLink } from "./link.ts";
import type { ReadOutcome, ReadRequest } from "./read-outcome.ts";
import { seeded } from "./test-support/seeded.ts";

export type Question = { unit: number; code: number; address: number; count: number };

/** What a device under test can say. Register n of every table holds n. */
export type Device = {
  reply(question: Question, wrong?: { unit?: number; code?: number; byteCount?: number }): Buffer;
  exception(question: Question, exception: number): Buffer;
  send(bytes: Buffer): void;
  /** Ends the connection, or pulls the adapter. */
  cut(): void;
};
export type Answer = (question: Question, device: Device) => void | Promise<void>;

export type Rig = { readonly open: OpenLink<ReadRequest, Uint16Array>; answer: Answer; remove(): Promise<void> };

export const answerRight: Answer = (question, device) => device.send(device.reply(question));

const timeoutMs = 60;
/** A loaded machine may be late by so much. */
const slackMs = 300;
const request: ReadRequest = { unit: 3, table: "holding", address: 100, count: 4 };
const valuesOf = ({ address, count }: ReadRequest): number[] => Array.from({ length: count }, (_, i) => address + i);

/** Registers the tests. `settleMs`: how long a link may keep the line quiet before it sends a request. */
export function registerLinkSuite(
  name: string,
  start: (answer: Answer) => Promise<Rig>,
  { settleMs, skip = false }: { settleMs: number; skip?: string | false },
): void {
  const suiteTest = (what: string, body: () => Promise<void>): void => void test(`${name}: ${what}`, { skip }, body);

  async function withLink(answer: Answer, body: (session: Session) => Promise<void>): Promise<void> {
    const rig = await start(answer);
    const session = new Session(rig);
    try {
      await body(session);
    } finally {
      (await session.link()).close();
      await rig.remove();
    }
  }

  const bad: Record<string, { answer: Answer; codes: readonly string[]; withinMs?: number }> = {
    "a silent device": { answer: () => {}, codes: ["bus_timeout"] },
    "an exception": { answer: (q, d) => d.send(d.exception(q, 2)), codes: ["bus_exception"] },
    "another unit": { answer: (q, d) => d.send(d.reply(q, { unit: 4 })), codes: ["bus_timeout", "bus_malformed_reply"] },
    "another function": { answer: (q, d) => d.send(d.reply(q, { code: 4 })), codes: ["bus_timeout", "bus_malformed_reply"] },
    "an exception of another function": {
      answer: (q, d) => d.send(d.exception({ ...q, code: 4 }, 2)),
      codes: ["bus_timeout", "bus_malformed_reply"],
    },
    "more registers": { answer: (q, d) => d.send(d.reply({ ...q, count: 5 })), codes: ["bus_timeout", "bus_malformed_reply"] },
    "fewer registers": { answer: (q, d) => d.send(d.reply({ ...q, count: 3 })), codes: ["bus_timeout", "bus_malformed_reply"] },
    "byte count 0": { answer: (q, d) => d.send(d.reply(q, { byteCount: 0 })), codes: ["bus_timeout", "bus_malformed_reply"] },
    "byte count 200": { answer: (q, d) => d.send(d.reply(q, { byteCount: 200 })), codes: ["bus_timeout", "bus_malformed_reply"] },
    "half a reply": { answer: (q, d) => d.send(d.reply(q).subarray(0, 8)), codes: ["bus_timeout"] },
    "two bytes": { answer: (q, d) => d.send(d.reply(q).subarray(0, 2)), codes: ["bus_timeout"] },
    noise: { answer: (_, d) => d.send(Buffer.from("HTTP/1.1 400 Bad Request\r\n")), codes: ["bus_timeout", "bus_malformed_reply"] },
    "a cut in the middle": { answer: (_, d) => d.cut(), codes: ["bus_connection_lost"], withinMs: 1_000 },
  };
  for (const [what, { answer, codes, withinMs = timeoutMs }] of Object.entries(bad)) {
    suiteTest(`${what} → ${codes.join(" or ")}, in time, and the next read is right`, () =>
      withLink(answer, async (session) => {
        const startedMs = performance.now();
        const outcome = await session.read(request, withinMs);
        assert.ok(performance.now() - startedMs < withinMs + slackMs);
        assert.ok(codes.includes(codeOf(outcome)), codeOf(outcome));
        session.rig.answer = answerRight;
        const againMs = performance.now();
        assert.deepEqual(shown(await session.read({ ...request, address: 7 }, 1_000)), [7, 8, 9, 10]);
        assert.ok(performance.now() - againMs < settleMs + 2 * 1_000 + slackMs);
      }),
    );
  }

  suiteTest("both tables, one register and 125, the last address", () =>
    withLink(answerRight, async (session) => {
      for (const table of ["holding", "input"] as const)
        for (const [address, count] of [
          [0, 1],
          [40, 125],
          [65_535, 1],
        ] as const)
          assert.deepEqual(
            shown(await session.read({ unit: 247, table, address, count }, 1_000)),
            valuesOf({ ...request, address, count }),
          );
      assert.deepEqual([session.counters.requests, session.counters.good], [6, 6]);
    }),
  );

  suiteTest("a reply in pieces of one byte is one reply", () =>
    withLink(
      async (question, device) => {
        for (const byte of device.reply(question)) {
          device.send(Buffer.from([byte]));
          await sleep(1);
        }
      },
      async (session) => assert.deepEqual(shown(await session.read(request, 1_000)), valuesOf(request)),
    ),
  );

  suiteTest("a late reply is rejected and counted, and is never the answer to the next request", () =>
    withLink(
      (question, device) => void setTimeout(() => device.send(device.reply(question)), timeoutMs + 30),
      async (session) => {
        assert.equal(codeOf(await session.read(request)), "bus_timeout");
        session.rig.answer = answerRight;
        assert.deepEqual(shown(await session.read({ ...request, address: 500 }, 1_000)), [500, 501, 502, 503]);
        for (let tries = 0; session.counters.lateRejected === 0 && tries < 100; tries++) await sleep(10);
        assert.deepEqual([session.counters.timeouts, session.counters.lateRejected], [1, 1]);
      },
    ),
  );

  suiteTest("closing settles what is in flight, ends the link, and can be done twice", () =>
    withLink(
      () => {},
      async (session) => {
        const link = await session.link();
        const outcome = link.read(request, 5_000);
        await sleep(20);
        link.close();
        link.close();
        assert.equal(codeOf(await outcome), "bus_connection_lost");
        assert.equal((await link.ended).kind, "closed");
        assert.equal(codeOf(await link.read(request, 50)), "bus_connection_lost");
      },
    ),
  );

  suiteTest("two hundred replies, a third of them late, mangled or missing: never a wrong value", async () => {
    const { random } = seeded(`${name}, bad replies`);
    await withLink(mangling(random), async (session) => {
      let right = 0;
      for (let i = 0; i < 200; i++) {
        const asked = { ...request, unit: 1 + (i % 4), address: Math.floor(random() * 60_000), count: 1 + Math.floor(random() * 8) };
        const outcome = await session.read(asked, 30);
        if (!outcome.ok) continue;
        right++;
        assert.deepEqual([...outcome.reply], valuesOf(asked));
      }
      assert.ok(right > 50, `${right} right`);
    });
  });
}

/** Reads on a link, opened anew where it ended. */
class Session {
  readonly rig: Rig;
  readonly counters: LinkCounters = newLinkCounters();
  #link: Promise<Link<ReadRequest, Uint16Array>> | null = null;
  #isOver = false;

  constructor(rig: Rig) {
    this.rig = rig;
  }

  async link(): Promise<Link<ReadRequest, Uint16Array>> {
    if (this.#link !== null && !this.#isOver) return this.#link;
    this.#isOver = false;
    this.#link = this.#open();
    const link = await this.#link;
    void link.ended.then(() => {
      this.#isOver = true;
    });
    return link;
  }

  async read(asked: ReadRequest, withinMs = timeoutMs): Promise<ReadOutcome> {
    const outcome = await (await this.link()).read(asked, withinMs);
    // A link that ends does so right after its last outcome.
    if (!outcome.ok) await sleep(15);
    return outcome;
  }

  // A pulled adapter takes a moment to be there again.
  async #open(): Promise<Link<ReadRequest, Uint16Array>> {
    for (let tries = 0; ; tries++) {
      try {
        return await this.rig.open({ counters: this.counters, closeAfterTimeouts: 50, signal: new AbortController().signal });
      } catch (error) {
        if (tries === 200) throw error;
        await sleep(20);
      }
    }
  }
}

function mangling(random: () => number): Answer {
  return (question, device) => {
    const dice = random();
    const frame = device.reply(question);
    if (dice < 0.03) return;
    if (dice < 0.08) return void setTimeout(() => device.send(frame), 30 + 60 * random());
    if (dice < 0.12) return device.send(frame.subarray(0, Math.floor(random() * frame.length)));
    if (dice < 0.16) return device.send(device.exception(question, 6));
    if (dice < 0.2) return device.send(device.reply(question, { unit: 9 }));
    if (dice < 0.33) {
      const at = Math.floor(random() * frame.length);
      // A bit of a value is not for Modbus TCP to notice, which has no checksum: TCP has one.
      const place = Math.min(at, 4);
      frame[place] = (frame[place] as number) ^ (1 << Math.floor(random() * 8));
    }
    device.send(frame);
  };
}

const codeOf = (outcome: ReadOutcome): string => (outcome.ok ? "a value" : outcome.code);
const shown = (outcome: ReadOutcome): number[] | string => (outcome.ok ? [...outcome.reply] : outcome.detail);
