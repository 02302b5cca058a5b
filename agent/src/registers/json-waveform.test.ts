import assert from "node:assert/strict";
import { test } from "node:test";
import { WaveformPoint } from "@millwright/contract/json-template";
import * as v from "valibot";
import { waveformDecoderOf } from "./json-waveform.ts";

const point = (more: object = {}): WaveformPoint =>
  v.parse(WaveformPoint, { type: "waveform", pointer: "/a", samples: 256, sample_rate_hz: 1000, unit: "g", scale: 9.80665, ...more });
const ramp = Array.from({ length: 256 }, (_, i) => i / 16);
const why = (document: unknown, more: object = {}): string => {
  const reading = waveformDecoderOf(point(more))(document);
  return "reason" in reading ? `${reading.reason}: ${reading.detail}` : "good";
};

test("samples in their unit, at the template's rate or the reply's", () => {
  const reading = waveformDecoderOf(point())({ a: ramp });
  assert.ok("samples" in reading);
  assert.deepEqual([reading.rateHz, reading.samples.length, reading.samples[16]], [1000, 256, 9.80665]);
  const said = waveformDecoderOf(point({ sample_rate_hz: { pointer: "/rate" } }))({ a: ramp, rate: 25_600 });
  assert.ok("samples" in said && said.rateHz === 25_600);
});

test("what cannot be used says why", () => {
  for (const [document, reason] of [
    [{}, "sentinel: there is no waveform at /a"],
    [{ a: null }, "sentinel: there is no waveform at /a"],
    [{ a: "0.1 0.2" }, "malformed: what stands at /a is no array"],
    [{ a: [] }, "malformed: 0 samples at /a, 256 expected"],
    [{ a: [...ramp, 1] }, "malformed: 257 samples at /a, 256 expected"],
    [{ a: ramp.with(9, Number.NaN) }, "malformed: sample 9 at /a is no number"],
    [{ a: [...ramp.slice(1), null] }, "malformed: sample 255 at /a is no number"],
    [{ a: ["1", ...ramp.slice(1)] }, "malformed: sample 0 at /a is no number"],
  ] as const)
    assert.equal(why(document), reason);
  for (const rate of [null, "1000", 0, -1, 1e9])
    assert.equal(why({ a: ramp, rate }, { sample_rate_hz: { pointer: "/rate" } }), "malformed: the reply does not say its sampling rate");
});
