// What is put into a buffer comes out of it, body by body and run by run, whatever stood in the buffer before.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seeded } from "../registers/test-support/seeded.ts";
import { BodyBuffer, beginOf, spareBuffers } from "./body-buffer.ts";
import { bodiesOf, maxRunRecords, runsOfBodies } from "./record-runs.ts";
import { bodiesFrom } from "./test-support/outbox-fixture.ts";

const textOf = (bytes: string | Uint8Array): string => Buffer.from(bytes as Uint8Array).toString();

test("bodies of any length and script come back, also from a buffer that was used before; runs hold all of them, in order", () => {
  const { seed } = seeded("bodies");
  const spare = spareBuffers();
  const body = fc.tuple(fc.string({ unit: "grapheme" }), fc.oneof(fc.nat(40), fc.nat(30_000))).map(([text, n]) =>
    // As JSON has it: no raw newline, no lone surrogate.
    JSON.stringify({ kind: "event", text, long: "é".repeat(n) }),
  );
  fc.assert(
    fc.property(fc.array(body, { minLength: 1, maxLength: 90 }), (texts) => {
      const buffer = new BodyBuffer(spare);
      for (const text of texts) buffer.add(text);
      const { bodies } = buffer;
      assert.deepEqual(
        bodies.ends.map((end, n) => textOf(bodies.bytes.subarray(beginOf(bodies, n), end))),
        texts,
      );
      const runs = runsOfBodies(bodies);
      assert.deepEqual(
        runs.flatMap(({ text }) => bodiesOf(textOf(text))),
        texts,
      );
      for (const { records, text } of runs) {
        assert.equal(bodiesOf(textOf(text)).length, records);
        assert.ok(records <= maxRunRecords && (records === 1 || text.length <= 64 * 1024));
      }
      spare.give(bodies.bytes);
    }),
    { seed },
  );
});

test("a buffer is lent again; one that had to grow large is not kept", () => {
  const spare = spareBuffers();
  const { bytes } = bodiesFrom(["{}"]);
  spare.give(bytes);
  assert.equal(spare.take().buffer, bytes.buffer);
  const large = bodiesFrom([JSON.stringify({ text: "x".repeat(300_000) })]);
  spare.give(large.bytes);
  assert.notEqual(spare.take().buffer, large.bytes.buffer);
});
