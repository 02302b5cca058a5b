// Many requests at once on one connection: each gets its own answer, in its own time.
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReadOutcome, ReadRequest } from "./read-outcome.ts";
import { type Asked, answerWell, type Behaviour, replyTo } from "./test-support/hostile-server.ts";
import { request, withLink } from "./test-support/with-tcp-link.ts";

const slackMs = 100;
const many = (n: number): ReadRequest[] => Array.from({ length: n }, (_, i) => ({ ...request, address: 100 * i }));
const isRight = (outcome: ReadOutcome, { address, count }: ReadRequest): boolean =>
  outcome.ok && outcome.reply.length === count && outcome.reply.every((value, k) => value === address + k);

test("sixteen in flight, answered backwards and in odd pieces: each gets its own", async () => {
  const held: Asked[] = [];
  const backwards: Behaviour = (asked, socket) => {
    if (held.push(asked) < 16) return;
    const bytes = Buffer.concat(
      held
        .splice(0)
        .reverse()
        .map((one) => replyTo(one)),
    );
    for (let at = 0; at < bytes.length; at += 7) setTimeout(() => socket.write(bytes.subarray(at, at + 7)), at / 10);
  };
  await withLink(backwards, async (link) => {
    for (let round = 0; round < 3; round++) {
      const requests = many(16);
      const outcomes = await Promise.all(requests.map((one) => link.read(one, 1_000)));
      assert.ok(outcomes.every((outcome, i) => isRight(outcome, requests[i] as ReadRequest)));
    }
  });
});

test("each in flight has its own deadline; a late one is rejected while the others count", async () => {
  const sometimesLate: Behaviour = (asked, socket) =>
    asked.address === 300 ? void setTimeout(() => socket.write(replyTo(asked)), 120) : answerWell(asked, socket);
  await withLink(sometimesLate, async (link, _server, counters) => {
    const requests = many(8);
    const startedMs = performance.now();
    const outcomes = await Promise.all(requests.map((one) => link.read(one, one.address === 300 ? 40 : 900)));
    assert.ok(performance.now() - startedMs < 40 + slackMs);
    for (const [i, outcome] of outcomes.entries()) {
      if (requests[i]?.address === 300) assert.equal(outcome.ok ? "a value" : outcome.code, "bus_timeout");
      else assert.ok(isRight(outcome, requests[i] as ReadRequest));
    }
    await sleep(150);
    assert.equal(counters.lateRejected, 1);
    assert.ok(isRight(await link.read(request, 500), request));
  });
});

test("a framing error, a dropped connection and closing fail all that is in flight, at once", async () => {
  for (const { answer, code } of [
    { answer: ((a, s) => a.address === 400 && s.write(replyTo(a, { protocol: 1 }))) as Behaviour, code: "bus_malformed_reply" },
    { answer: ((a, s) => a.address === 400 && s.destroy()) as Behaviour, code: "bus_connection_lost" },
    { answer: (() => {}) as Behaviour, code: "bus_connection_lost" },
  ]) {
    await withLink(answer, async (link) => {
      const startedMs = performance.now();
      const reads = many(8).map((one) => link.read(one, 5_000));
      await sleep(20);
      link.close();
      const codes = (await Promise.all(reads)).map((outcome) => (outcome.ok ? "a value" : outcome.code));
      assert.ok(performance.now() - startedMs < 20 + slackMs);
      assert.deepEqual(codes, Array(8).fill(code));
    });
  }
});

test("transaction ids go round without a mix-up, and one that is still owed is not used again", async () => {
  const seen = new Map<number, number>();
  const owedTransactions: number[] = [];
  const noting: Behaviour = (asked, socket) => {
    seen.set(asked.transaction, (seen.get(asked.transaction) ?? 0) + 1);
    if (asked.address === 9) owedTransactions.push(asked.transaction);
    else answerWell(asked, socket);
  };
  await withLink(noting, async (link) => {
    assert.equal((await link.read({ ...request, address: 9 }, 20)).ok, false);
    for (let i = 0; i < 66_000; i += 100) {
      const requests = Array.from({ length: 100 }, (_, k) => ({ ...request, address: 10 + ((i + k) % 60_000) }));
      const outcomes = await Promise.all(requests.map((one) => link.read(one, 5_000)));
      assert.ok(outcomes.every((outcome, k) => isRight(outcome, requests[k] as ReadRequest)));
    }
    assert.equal(seen.size, 65_536);
    assert.equal(seen.get(owedTransactions[0] as number), 1);
  });
});

test("two readers of two units on one connection never get each other's values", async () => {
  const byUnit: Behaviour = (asked, socket) => socket.write(replyTo({ ...asked, address: asked.address + 1_000 * asked.unit }));
  await withLink(byUnit, async (link) => {
    const reader = async (unit: number): Promise<void> => {
      for (let i = 0; i < 200; i++) {
        const outcome = await link.read({ ...request, unit, address: i }, 1_000);
        assert.equal(outcome.ok && outcome.reply[0], i + 1_000 * unit);
      }
    };
    await Promise.all([reader(1), reader(2)]);
  });
});

test("who takes an answer may close the connection: of what came with it each request settles once, the others as lost", async () => {
  const held: Asked[] = [];
  const allInOne: Behaviour = (asked, socket) =>
    void (held.push(asked) === 3 && socket.write(Buffer.concat(held.splice(0).map((one) => replyTo(one)))));
  await withLink(allInOne, async (link) => {
    const settled: string[] = [];
    await new Promise<void>((done) => {
      for (const one of many(3))
        link.ask?.(one, 5_000, (outcome) => {
          settled.push(outcome.ok ? "a value" : outcome.code);
          if (outcome.ok) link.close();
          if (settled.length === 3) done();
        });
      assert.deepEqual(settled, [], "never within the call");
    });
    await link.ended;
    link.ask?.(request, 5_000, ({ ok }) => settled.push(ok ? "a value" : "refused"));
    assert.equal(settled.length, 3, "never within the call, also where the connection is gone");
    await sleep(0);
    assert.deepEqual(settled, ["a value", "bus_connection_lost", "bus_connection_lost", "refused"]);
  });
});
