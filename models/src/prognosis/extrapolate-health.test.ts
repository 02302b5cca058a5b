// Extrapolation of a health index: the law of first passage against a simulation, coverage on made-up wear, and "no trend" where there is none.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../features/seeded-random.ts";
import { extrapolateHealth, type HealthPoint } from "./extrapolate-health.ts";
import { normalBelow, normalQuantile, passageQuantile, passageWithin } from "./first-passage.ts";
import { HealthHistory } from "./health-history.ts";

const seed = 20_261_128;
const normal = (random: () => number): number => normalQuantile(Math.min(1 - 1e-9, Math.max(1e-9, random())));

test("normal law and its inverse; the passage law against 1,000 simulated machines", () => {
  assert.ok(Math.abs(normalBelow(1.644854) - 0.95) < 1e-6);
  assert.ok(Math.abs(normalQuantile(0.975) - 1.959964) < 1e-5);
  const process = { distance: 5, drift: 0.1, driftSpread: 0.03, diffusion: 0.04 };
  const random = seededRandom(seed);
  const times = Array.from({ length: 1_000 }, () => {
    const drift = process.drift + process.driftSpread * normal(random);
    let at = 0;
    for (let time = 0.25; time <= 120; time += 0.25) {
      at += drift * 0.25 + Math.sqrt(process.diffusion * 0.25) * normal(random);
      if (at >= process.distance) return time;
    }
    return Number.POSITIVE_INFINITY;
  });
  for (const time of [30, 45, 60, 100]) {
    const share = times.filter((one) => one <= time).length / times.length;
    const expected = passageWithin(process, time);
    assert.ok(Math.abs(share - expected) < 0.05, `within ${time}: ${share} simulated, ${expected} by the law (seed ${seed})`);
  }
  assert.ok(Math.abs(passageWithin(process, passageQuantile(process, 0.5, 1_000)) - 0.5) < 1e-4);
  assert.equal(passageQuantile({ ...process, drift: -1, driftSpread: 0 }, 0.5, 1e6), Number.POSITIVE_INFINITY);
});

/** Wear that grows by a share of itself, with a random walk and noise of measuring; `rate` per step. */
function wear(random: () => number, steps: number, rate: number): HealthPoint[] {
  let log = 0;
  return Array.from({ length: steps }, (_, at) => {
    log += rate + 0.02 * normal(random);
    return { at, value: Math.exp(log + 0.05 * normal(random)) };
  });
}

test("the 90 % interval holds the passage of made-up wear, and the middle is near it", () => {
  const random = seededRandom(seed);
  let [held, told] = [0, 0];
  const errors: number[] = [];
  for (let machine = 0; machine < 60; machine += 1) {
    const points = wear(random, 400, 0.02);
    const limit = Math.exp(4);
    const crossing = points.findIndex(({ value }) => value >= limit);
    const found = extrapolateHealth(points.slice(0, 100), limit);
    if (found.status !== "trend" || crossing < 100) continue;
    told += 1;
    const truth = crossing - 100;
    held += Number(truth >= found.low && truth <= found.high);
    errors.push(Math.abs(found.middle - truth) / truth);
    assert.ok(found.within(found.low) <= found.within(found.high) && found.within(0) === 0);
  }
  assert.ok(told >= 50, `${told} of 60 told`);
  assert.ok(held / told > 0.8, `${held} of ${told} held (seed ${seed})`);
  assert.ok((errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)] ?? 1) < 0.25);
});

test("a machine that stays as it is has no trend; one at its limit has reached it; few points say so", () => {
  const random = seededRandom(seed);
  let trends = 0;
  for (let machine = 0; machine < 100; machine += 1) {
    const points = Array.from({ length: 150 }, (_, at) => ({ at, value: 2 + 0.1 * normal(random) }));
    trends += Number(extrapolateHealth(points, 7.1).status === "trend");
  }
  assert.ok(trends <= 5, `${trends} of 100 healthy machines have a trend towards the limit (seed ${seed})`);
  assert.equal(extrapolateHealth(wear(random, 300, 0.02), 1).status, "limit_reached");
  const few = extrapolateHealth(wear(random, 10, 0.02), 100);
  assert.ok(few.status === "too_few" && /10 times, 16 are needed/.test(few.detail));
});

test("the history of a whole life stays small, keeps its order and its mean, and goes on over a restart", () => {
  let history = new HealthHistory();
  for (let at = 0; at < 10_000; at += 1) {
    history.push(at, at % 2 === 0 ? at : Number.NaN);
    if (at === 5_000) history = new HealthHistory(JSON.parse(JSON.stringify(history.state)));
  }
  const { points } = history;
  assert.ok(points.length <= 192 && points.length > 90, `${points.length} blocks`);
  for (const { at, value } of points) assert.ok(Math.abs(at - value) < 1e-6);
  assert.ok((points[0]?.at ?? 999) < 100 && (points.at(-1)?.at ?? 0) > 9_800);
});
