import assert from "node:assert/strict";
import { test } from "node:test";
import { SyntheticSignal, za2115 } from "../evaluation/synthetic-vibration.ts";
import { bearingOrders } from "./bearing-frequencies.ts";
import { defaultBandsHz, defaultEnvelopeHz, WaveformSpectra } from "./waveform-spectra.ts";

const rateHz = 20_000;
const length = 4096;
const shaftHz = 2000 / 60;
const plan = {
  length,
  rateHz,
  bandsHz: defaultBandsHz(rateHz),
  envelopeHz: defaultEnvelopeHz(rateHz),
  bearing: bearingOrders(za2115),
  mainsHz: 50,
  speed: "measured" as const,
};
const machine = { rateHz, length, shaftHz, geometry: za2115, mainsHz: 50 };

const heightOf = (spectra: WaveformSpectra, of: string, order: number): number =>
  spectra.heightDb[spectra.lines.findIndex((line) => line.of === of && line.order === order && line.spectrum === "envelope")] as number;

test("the comb of the race that is hurt stands out, the others do not", () => {
  for (const [cause, of] of [
    ["bearing_outer_race", "bpfo"],
    ["bearing_inner_race", "bpfi"],
    ["bearing_rolling_element", "bsf"],
  ] as const) {
    const spectra = new WaveformSpectra(plan);
    const signal = new SyntheticSignal({ ...machine, seed: 11, cause, severity: 1 });
    for (let n = 0; n < 8; n++) spectra.push(signal.window(), shaftHz);
    const combs = (["bpfo", "bpfi", "bsf", "ftf"] as const).map((source) => [source, spectra.combDb(source)] as const);
    const best = combs.reduce((top, one) => (one[1] > top[1] ? one : top));
    assert.equal(best[0], of, JSON.stringify(combs));
    assert.ok(best[1] > 10, `${cause}: ${best[1]} dB`);
  }
});

test("another speed begins the mean anew; an unknown speed leaves no bearing line", () => {
  const spectra = new WaveformSpectra(plan);
  const signal = new SyntheticSignal({ ...machine, seed: 12, cause: "bearing_outer_race", severity: 1 });
  for (let n = 0; n < 4; n++) spectra.push(signal.window(), shaftHz);
  assert.equal(spectra.windows, 4);
  spectra.push(signal.window(), 1.02 * shaftHz);
  assert.equal(spectra.windows, 1);
  spectra.push(signal.window(), Number.NaN);
  assert.equal(spectra.windows, 1);
  assert.ok(Number.isNaN(spectra.combDb("bpfo")));
  assert.ok(Number.isFinite(spectra.heightDb[spectra.lines.findIndex(({ of }) => of === "mains")]));
});

test("slip of 0.8 % is followed to the harmonics", () => {
  const spectra = new WaveformSpectra(plan);
  const signal = new SyntheticSignal({ ...machine, seed: 13, cause: "bearing_outer_race", severity: 1.5 });
  for (let n = 0; n < 8; n++) spectra.push(signal.window(), shaftHz);
  const at = spectra.lines.findIndex(({ of }) => of === "bpfo");
  assert.ok(Math.abs((spectra.hz[at] as number) / (236.4 / 1.008) - 1) < 0.006, `${spectra.hz[at]} Hz`);
  assert.ok(heightOf(spectra, "bpfo", 2) > 10 && heightOf(spectra, "bpfo", 3) > 6);
});
