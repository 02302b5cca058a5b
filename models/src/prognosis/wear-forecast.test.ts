import assert from "node:assert/strict";
import { test } from "node:test";
import { WearForecast } from "./wear-forecast.ts";

const options = { limit: 10, periodMs: 60_000, horizonsMs: [1_800_000, 3_600_000, 86_400_000_000], load: null };
const at = (row: number): number => 2 * Math.exp(row / 100 + 0.02 * Math.sin(12.9898 * row));

test("P(fail) rises with the horizon; a horizon that is further than can be told is left out", () => {
  const wear = new WearForecast(options);
  let told = wear.push(at(0));
  for (let row = 1; row < 100; row += 1) told = wear.push(at(row)) ?? told;
  assert.ok(told?.p_fail.status === "available" && told.remaining_life.status === "available");
  const [half, hour, never] = told.p_fail.horizons;
  assert.ok(half !== undefined && hour !== undefined && never === undefined && half.p <= hour.p);
  // 2 e^(row / 100) is 10 after 161 rows.
  assert.ok(Math.abs(told.remaining_life.middle / 60_000 - 61) < 12, String(told.remaining_life.middle / 60_000));
});

test("more than a tenth of bad values: no figure, until they are out of sight; a restart changes nothing", () => {
  let wear = new WearForecast(options);
  for (let row = 0; row < 60; row += 1) wear.push(at(row));
  const bad = [60, 61, 62, 63].map(() => wear.push(Number.NaN)).at(-1);
  assert.ok(bad?.remaining_life.status === "unavailable" && bad.remaining_life.reason === "too_few_good_points");
  wear = new WearForecast(options, JSON.parse(JSON.stringify(wear.state)));
  assert.equal(wear.push(at(64))?.remaining_life.status, "unavailable");
  let told = wear.push(at(65));
  for (let row = 66; row < 100; row += 1) told = wear.push(at(row)) ?? told;
  assert.equal(told?.remaining_life.status, "available");
});

test("where the load is known, the forecast is for the load of now: at half of it wear of the third power takes eight times as long", () => {
  const wear = new WearForecast({ ...options, load: { point: "power", exponent: 3 } });
  const middleAfter = (load: number, rows: number): number => {
    for (let row = 0; row < rows; row += 1) {
      log += 0.01 * load ** 3;
      told = wear.push(2 * Math.exp(log + 0.02 * Math.sin(12.9898 * wear.state.rows)), load) ?? told;
    }
    const life = told?.remaining_life;
    assert.ok(life?.status === "available");
    assert.deepEqual(life.load, { point: "power", exponent: 3 });
    return life.middle / 60_000;
  };
  let log = 0;
  let told: ReturnType<typeof wear.push> = null;
  const full = middleAfter(1, 100);
  assert.ok(Math.abs(full - 61) < 12, String(full));
  const half = middleAfter(0.5, 300);
  // 0.375 of the logarithm more is gone; 0.236 is left, at 0.00125 a row.
  assert.ok(Math.abs(half - 188) < 60, String(half));
  wear.push(2 * Math.exp(log), Number.NaN);
  assert.ok(Math.abs(wear.state.pace - 0.125) < 0.01, "a bad load is the one before");
});
