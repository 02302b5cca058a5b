import assert from "node:assert/strict";
import { test } from "node:test";
import { motorAt } from "./induction-motor.ts";

test("more load: slower, more current, more losses; idle: nearly synchronous, magnetising current only", () => {
  const [idle, half, full] = [0, 7.5, 15].map((shaftKw) => motorAt({ shaftKw, voltage: 1 })) as [
    ReturnType<typeof motorAt>,
    ReturnType<typeof motorAt>,
    ReturnType<typeof motorAt>,
  ];
  assert.deepEqual(idle, { rpm: 1500, currentA: 11, lossKw: 0 });
  assert.ok(idle.rpm > half.rpm && half.rpm > full.rpm && full.rpm > 1450);
  assert.ok(idle.currentA < half.currentA && half.currentA < full.currentA && full.currentA < 30);
});

test("energy: the apparent power covers shaft power and losses", () => {
  for (const shaftKw of [1, 5, 11, 15]) {
    const { currentA, lossKw } = motorAt({ shaftKw, voltage: 1 });
    assert.ok((Math.sqrt(3) * 400 * currentA) / 1000 > shaftKw + lossKw);
  }
});
