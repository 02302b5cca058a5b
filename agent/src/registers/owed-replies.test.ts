import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isOwed, type Owed, owe, owedAfter, owesNothing, resyncCount } from "./owed-replies.ts";
import { type Shape, shapeOf } from "./rtu-frame.ts";

const holding = (count: number): Shape => shapeOf({ table: "holding", count });

test("a resynchronising read asks for one register, for two where one was asked", () => {
  assert.equal(resyncCount(owe(owesNothing, holding(4)), { table: "holding", count: 4 }), 1);
  assert.equal(resyncCount(owe(owesNothing, holding(1)), { table: "holding", count: 1 }), 2);
  // Replies to older resynchronising reads stand before the one to be told apart: another length is needed.
  const behind = [1, 4].reduce<Owed>((owed, count) => owe(owed, holding(count)), owesNothing);
  assert.equal(resyncCount(behind, { table: "holding", count: 4 }), 2);
});

test("a unit that is probed for weeks is remembered in a few words", () => {
  let owed = owe(owesNothing, holding(4));
  for (let probes = 0; probes < 100_000; probes++) owed = owe(owed, holding(resyncCount(owed, { table: "holding", count: 4 })));
  assert.equal(owed.length, 2);
});

test("a unit that is off for months is remembered in a bounded list, whatever is asked of it in turn", () => {
  const reads = [
    { table: "holding", count: 4 },
    { table: "input", count: 4 },
    { table: "holding", count: 1 },
  ] as const;
  let owed = owesNothing;
  for (let probes = 0; probes < 2_000; probes++) {
    const read = reads[probes % reads.length] as (typeof reads)[number];
    owed = owe(owed, shapeOf({ ...read, count: owed.length === 0 ? read.count : resyncCount(owed, read) }));
  }
  assert.ok(owed.length <= 128, `${owed.length} runs`);
});

// A slave that answers in order, or loses a request, or damages its reply, at whatever time: what it sends is the oldest thing it was asked.
test("whatever a slave delays or loses: registers that are accepted belong to the request", () => {
  const reply = fc.constantFrom("send", "lose", "except");
  const turn = fc.record({ count: fc.integer({ min: 1, max: 4 }), replies: fc.array(reply, { maxLength: 6 }) });
  fc.assert(
    fc.property(fc.array(turn, { minLength: 1, maxLength: 60 }), (turns) => {
      const waiting: { id: number; shape: Shape }[] = [];
      let [owed, id]: [Owed, number] = [owesNothing, 0];
      for (const { count, replies } of turns) {
        const left = [...replies];
        // One exchange: true where it was answered.
        const exchange = (few: number): boolean => {
          const asked = { id: id++, shape: holding(few) };
          assert.ok(!isOwed(owed, asked.shape) || few !== count);
          waiting.push(asked);
          for (let what = left.shift(); what !== undefined; what = left.shift()) {
            const sent = waiting.shift();
            if (sent === undefined) break;
            if (what === "lose") continue;
            const shape = what === "except" ? null : sent.shape;
            if (shape === null || shape === asked.shape) {
              if (shape !== null && few === count) assert.equal(sent.id, asked.id, "an old reply was taken for the new one");
              owed = owedAfter(owe(owed, asked.shape), shape);
              return true;
            }
            owed = owedAfter(owed, shape);
          }
          owed = owe(owed, asked.shape);
          return false;
        };
        let isInStep = owed.length === 0;
        for (let tries = 0; !isInStep && tries < 3; tries++) {
          if (!exchange(resyncCount(owed, { table: "holding", count }))) break;
          isInStep = !isOwed(owed, holding(count));
        }
        if (isInStep) exchange(count);
        // Never less than what is really owed.
        for (const { shape } of waiting) assert.ok(isOwed(owed, shape));
      }
    }),
    { numRuns: 3_000 },
  );
});
