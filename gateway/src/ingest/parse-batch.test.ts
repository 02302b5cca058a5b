import assert from "node:assert/strict";
import { test } from "node:test";
import { maxMessageBytes } from "@millwright/contract/up-message";
import fc from "fast-check";
import { prediction, telemetry, testEpoch } from "../test-support/records.ts";
import { jsonDepth } from "./json-limits.ts";
import { parseBatch } from "./parse-batch.ts";
import { seqRanges } from "./seq-ranges.ts";

const from = { tenant: "default", agent: "box-1", lane: "telemetry" } as const;
const envelope = (records: unknown, more: object = {}): string =>
  JSON.stringify({ schema: "millwright/up/1", tenant: "default", agent: "box-1", epoch: testEpoch, lane: "telemetry", records, ...more });
const parse = (text: string) => parseBatch(from, Buffer.from(text));
const refusal = (text: string): string => {
  const parsed = parse(text);
  return parsed.ok ? "taken" : `${parsed.refused.code}: ${parsed.refused.reason}`;
};

test("what is no envelope is refused as a whole, with its reason", () => {
  assert.match(refusal("{nonsense"), /^malformed: is not JSON/);
  assert.match(refusal(""), /^malformed/);
  assert.match(refusal("[]"), /^malformed/);
  assert.match(refusal("null"), /^malformed/);
  assert.match(refusal(`${"[".repeat(100_000)}`), /^malformed: nested deeper/);
  assert.match(refusal(`"${"x".repeat(maxMessageBytes)}"`), /^too_large/);
  assert.match(refusal(envelope([])), /records/);
  assert.match(refusal(envelope([telemetry({ seq: 1 })], { agent: "box-2" })), /came on the topic of default\/box-1/);
  assert.match(refusal(envelope([telemetry({ seq: 1 })], { tenant: "other" })), /came on the topic/);
  assert.match(refusal(envelope([telemetry({ seq: 1 })], { lane: "event" })), /^wrong_lane/);
  assert.match(refusal(envelope(Array.from({ length: 501 }, (_, i) => telemetry({ seq: i + 1 })))), /records/);
});

test("a time that is no date is refused, for it could not be shown", () => {
  const dated = (wallMs: number) => {
    const record = telemetry({ seq: 1 });
    return parse(envelope([{ ...record, time: { ...record.time, wall_ms: wallMs } }]));
  };
  const refusedAt = (wallMs: number) => {
    const parsed = dated(wallMs);
    return parsed.ok ? parsed.batch.refused.map(({ reason }) => reason) : ["the whole message"];
  };
  assert.deepEqual(refusedAt(8.64e15), []);
  assert.deepEqual(refusedAt(8.65e15), ["time.wall_ms: must be a date"]);
  assert.deepEqual(refusedAt(-1e300), ["time.wall_ms: must be a date"]);
});

test("a bad record is refused alone; its neighbours go on", () => {
  const parsed = parse(
    envelope([
      telemetry({ seq: 1 }),
      { ...telemetry({ seq: 2 }), score: "high" },
      prediction({ seq: 3 }),
      JSON.parse(`{"seq":4,"__proto__":{"x":1}}`),
      { ...telemetry({ seq: 5 }), values: { a: { b: [[[[[[[[1]]]]]]]] } } },
      telemetry({ seq: 6 }),
      "seven",
      { ...telemetry({ seq: 1 }), score: 9 },
    ]),
  );
  assert.ok(parsed.ok);
  assert.deepEqual(
    parsed.batch.records.map(({ seq }) => seq),
    [1, 6],
  );
  assert.deepEqual(
    parsed.batch.refused.map(({ seq, code }) => [seq, code]),
    [
      [2, "malformed"],
      [3, "wrong_lane"],
      [4, "malformed"],
      [5, "malformed"],
      [null, "malformed"],
    ],
  );
  assert.match(parsed.batch.refused[2]?.reason ?? "", /"__proto__"/);
  assert.equal(({} as { x?: number }).x, undefined);
});

test("brackets inside strings are no nesting", () => {
  assert.equal(jsonDepth(Buffer.from(`{"a":"[[[[\\"[[","b":[1]}`)), 2);
});

test("property: whatever the bytes, judging never throws", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.json().map((text) => envelope([JSON.parse(text)])),
      ),
      (text) => void parse(text),
    ),
    { numRuns: 500 },
  );
});

test("property: ranges hold exactly the numbers they were made of", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 })), (seqs) => {
      const ranges = seqRanges(seqs);
      const held = ranges.flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i));
      assert.deepEqual(
        held,
        [...new Set(seqs)].sort((a, b) => a - b),
      );
      for (let i = 1; i < ranges.length; i++) assert.ok((ranges[i]?.[0] ?? 0) > (ranges[i - 1]?.[1] ?? 0) + 1);
    }),
  );
});
