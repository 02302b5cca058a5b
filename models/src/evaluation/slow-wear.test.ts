// A machine with load cycles: hours of health raise no ticket, slow wear of its bearing does, long before it is gross.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeRecording } from "./judge-recording.ts";
import { syntheticRows } from "./synthetic-rows.ts";

test("healthy pumps with load cycles open no ticket in 3,000 rows after 400 of learning", async () => {
  for (const seed of [1, 2, 3]) {
    const { rows } = await judgeRecording({ ...syntheticRows({ seed, rows: 3400 }), labels: null }, { learnRows: 400 });
    assert.deepEqual(
      rows.filter(({ isTicket }) => isTicket).map(({ row }) => row),
      [],
      `seed ${seed}`,
    );
  }
});

test("wear that takes 2,000 rows to add half a load swing of vibration opens one, however slowly it comes", async () => {
  for (const seed of [1, 2, 3]) {
    const recording = { ...syntheticRows({ seed, rows: 3000, faultAt: 800, faultRows: 2000 }), labels: null };
    const first = (await judgeRecording(recording, { learnRows: 400 })).rows.find(({ isTicket }) => isTicket)?.row;
    assert.ok(first !== undefined && first > 800 && first < 2800, `seed ${seed}: ${first}`);
  }
});

test("a machine that takes three loads in any order, each change rare and far from the median, is not strange at its changes", async () => {
  for (const seed of [1, 2, 3]) {
    const recording = { ...syntheticRows({ seed, rows: 3000, cycleRows: 150, loads: [0.2, 0.6, 0.95] }), labels: null };
    const { rows } = await judgeRecording(recording, { learnRows: 2000 });
    const share = rows.filter(({ alarm }) => alarm).length / rows.length;
    assert.ok(share <= 0.06, `seed ${seed}: ${share}`);
  }
});
