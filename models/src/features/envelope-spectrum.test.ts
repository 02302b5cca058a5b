import assert from "node:assert/strict";
import { test } from "node:test";
import { EnvelopeSpectrum } from "./envelope-spectrum.ts";
import { hannPower, RealSpectrum } from "./real-spectrum.ts";

const rateHz = 20_000;
const length = 4096;
const lineHz = rateHz / length;

test("the lines of a spectrum, put together again, are the window", () => {
  const samples = Float64Array.from({ length: 64 }, (_, i) => Math.sin(i * i));
  const mean = samples.reduce((sum, x) => sum + x / 64, 0);
  const { re, im } = run(samples, mean);
  for (let n = 0; n < 64; n++) {
    let sum = mean;
    for (let k = 0; k <= 32; k++)
      sum +=
        (k === 0 || k === 32 ? 1 : 2) *
        ((re[k] as number) * Math.cos((2 * Math.PI * k * n) / 64) - (im[k] as number) * Math.sin((2 * Math.PI * k * n) / 64));
    assert.ok(Math.abs(sum - (samples[n] as number)) < 1e-12);
  }
});

test("through a Hann window a tone between two lines is down by 60 dB ten lines away; without one by 20 to 30", () => {
  const spectrum = run(
    Float64Array.from({ length }, (_, i) => Math.SQRT2 * Math.sin((2 * Math.PI * 100.5 * i) / length)),
    0,
  );
  const power = new Float64Array(200);
  hannPower(spectrum, 199, power);
  const down = (lines: Float64Array): number =>
    10 * Math.log10(Math.max(lines[90] as number, lines[111] as number) / (lines[100] as number));
  assert.ok(down(power) < -60, `${down(power)} dB`);
  assert.ok(down(spectrum.power) > -30);
});

test("a carrier that swells and fades: the envelope's line is where it does, with the power that squaring gives it", () => {
  // (1 + m cos Ωt)² has m² / 2 … at Ω the amplitude 2m: mean square 2 m² of a carrier of amplitude 1.
  const [m, line] = [0.3, 48];
  const samples = Float64Array.from({ length }, (_, i) => {
    const angle = (2 * Math.PI * i) / length;
    return (1 + m * Math.cos(line * angle)) * Math.sin(1024 * angle) + 0.5 * Math.sin(3 * angle);
  });
  const envelope = new EnvelopeSpectrum({ length, lineHz, bandHz: [2000, 8000], maxHz: 1000 });
  envelope.run(run(samples, 0));
  const { power } = envelope;
  assert.ok(Math.abs((power[line] as number) / (2 * m * m) - 1) < 1e-6, `${power[line]}`);
  assert.equal(power.indexOf(Math.max(...power)), line);
});

test("what lies outside the band leaves no line", () => {
  const samples = Float64Array.from({ length }, (_, i) => {
    const angle = (2 * Math.PI * i) / length;
    return (1 + 0.9 * Math.cos(48 * angle)) * Math.sin(200 * angle);
  });
  const envelope = new EnvelopeSpectrum({ length, lineHz, bandHz: [2000, 8000], maxHz: 1000 });
  envelope.run(run(samples, 0));
  assert.ok(Math.max(...envelope.power) < 1e-20);
  assert.throws(() => new EnvelopeSpectrum({ length, lineHz, bandHz: [2000, 2010], maxHz: 1000 }), RangeError);
});

function run(samples: Float64Array, mean: number): RealSpectrum {
  const spectrum = new RealSpectrum(samples.length);
  spectrum.run(samples, mean);
  return spectrum;
}
