import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "./seeded-random.ts";
import { LineFinder } from "./spectral-lines.ts";

const flat = (lines: number): Float64Array => new Float64Array(lines).fill(1);
const finder = new LineFinder();

test("a line of 20 dB, a little off, is found with its place and height; its neighbours say where between the lines", () => {
  const power = flat(200);
  power.set([30, 100, 60], 99);
  finder.find(power, 5, 496, 8);
  assert.ok(Math.abs(finder.heightDb - 20) < 1e-9);
  assert.ok(finder.hz > 500 && finder.hz < 502.5, `${finder.hz}`);
  finder.find(power, 5, 480, 5);
  assert.ok(finder.heightDb < 1e-9);
});

test("strong lines beside it do not lift the floor", () => {
  const power = flat(200);
  for (const line of [80, 90, 110, 120]) power[line] = 1e6;
  power[100] = 10;
  finder.find(power, 1, 100, 1);
  assert.ok(Math.abs(finder.heightDb - 10) < 1e-9);
});

test("too near to zero, beyond the end, or on nothing at all: it cannot tell", () => {
  for (const [power, hz] of [
    [flat(200), 2],
    [flat(200), 199],
    [flat(200), 1e6],
    [flat(200), Number.NaN],
    [new Float64Array(200), 100],
  ] as const) {
    finder.find(power, 1, hz, 0);
    assert.ok(Number.isNaN(finder.heightDb) && Number.isNaN(finder.hz), `${hz}`);
  }
});

test("noise of single spectra: what is taken for a line of 12 dB by chance is rare", () => {
  const random = seededRandom(7);
  const trials = 2_000;
  let high = 0;
  for (let n = 0; n < trials; n++) {
    finder.find(
      Float64Array.from({ length: 120 }, () => -Math.log(1 - random())),
      1,
      60,
      1.5,
    );
    if (finder.heightDb > 12) high += 1;
  }
  assert.ok(high / trials < 0.01, `${high} of ${trials}`);
});
