import assert from "node:assert/strict";
import { test } from "node:test";
import { type Findings, verdictOf } from "./verdict.ts";

const found: Findings = {
  recording: "1.csv",
  tickets: [
    { opened_s: 610.04, machine: "RIG-1", failure_mode: "UNK" },
    { opened_s: 450, machine: "RIG-1", failure_mode: "UNK" },
  ],
  onsetS: 574,
  hasLabels: true,
  firstAlarmS: 449.96,
  sensorEvents: 0,
  served: 1148,
  read: 1146,
  storedRows: 1146,
  durable: new Set(["a/1", "a/2", "a/3"]),
  stored: ["a/1", "a/2", "a/2"],
  gatewayLedger: ["a/1", "a/2"],
};

test("a ticket before the onset is false; the delay is that of the first one after it", () => {
  const verdict = verdictOf(found);
  assert.deepEqual([verdict.false_tickets, verdict.delay_s, verdict.first_alarm_s], [1, 36, 450]);
  assert.deepEqual(
    verdict.tickets.map(({ opened_s }) => opened_s),
    [450, 610.04],
  );
});

test("what was durable and is not stored is lost; what is stored twice is a duplicate", () => {
  assert.deepEqual([verdictOf(found).lost, verdictOf(found).duplicates], [1, 1]);
  assert.equal(verdictOf({ ...found, stored: ["a/1"], gatewayLedger: ["a/1", "a/1"] }).duplicates, 1);
});

test("without an onset every ticket is false and there is no delay", () => {
  const verdict = verdictOf({ ...found, onsetS: null });
  assert.deepEqual([verdict.false_tickets, verdict.delay_s], [2, null]);
  assert.equal(verdictOf({ ...found, onsetS: null, hasLabels: false }).false_tickets, null, "without labels nobody knows");
});
