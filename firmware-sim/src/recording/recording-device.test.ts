import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegisterTemplate } from "@millwright/contract/register-template";
import { createHandClock } from "../test-support/hand-clock.ts";
import { levelAt, parsedSineProfile, sineCsv, waveAt } from "../test-support/sine-recording.ts";
import { parseRecording } from "./read-recording.ts";
import { createRecordingDevice, type Stick } from "./recording-device.ts";
import { templateOfRecording } from "./template-of-recording.ts";

function deviceOf({ secondOf = (row) => row, stick }: { secondOf?: (row: number) => number; stick?: Stick } = {}) {
  const read = parseRecording(sineCsv({ secondOf }), "r.csv", parsedSineProfile());
  assert.ok(read.ok);
  const clock = createHandClock();
  clock.turnTo(12_345);
  const template = templateOfRecording(parsedSineProfile()) as RegisterTemplate;
  const device = createRecordingDevice({ recording: read.recording, template, unit: 1, clock, stick });
  /** row, wave and level on the wire, or null in silence. */
  const lookAt = (second: number): [number, number, number] | null => {
    clock.turnTo(12_345 + second * 1000);
    const registers = device.present();
    const words = registers === "silent" ? null : registers.read("holding", 0, 6);
    if (words === null) return null;
    const bytes = Buffer.from(Array.from(words).flatMap((word) => [word >> 8, word & 0xff]));
    return [bytes.readUInt32BE(0), bytes.readFloatBE(4), bytes.readFloatBE(8)];
  };
  return { device, lookAt };
}

test("row 0 is presented at the first request, however late it comes; the counter is the row index + 1", () => {
  const { device, lookAt } = deviceOf();
  assert.equal(device.served(), 0);
  assert.deepEqual(lookAt(0), [1, waveAt(0), levelAt(0)]);
  assert.deepEqual(lookAt(0.9), [1, waveAt(0), levelAt(0)]);
  assert.deepEqual(lookAt(57), [58, waveAt(57), levelAt(57)]);
  assert.equal(device.served(), 58);
});

test("it does not answer in a gap, nor after the end", () => {
  const { device, lookAt } = deviceOf({ secondOf: (row) => (row < 10 ? row : row + 60) });
  lookAt(0);
  assert.equal(lookAt(9.9)?.[0], 10);
  assert.equal(lookAt(10), null);
  assert.equal(lookAt(69.9), null);
  assert.equal(lookAt(70)?.[0], 11);
  assert.equal(lookAt(209 + 60 + 1.9)?.[0], 210);
  assert.equal(lookAt(209 + 60 + 2), null);
  assert.equal(device.served(), 210);
});

test("a stuck point keeps the value it had; the others and the counter go on", () => {
  const { lookAt } = deviceOf({ stick: { point: "wave", atS: 20 } });
  lookAt(0);
  assert.deepEqual(lookAt(19), [20, waveAt(19), levelAt(19)]);
  assert.deepEqual(lookAt(20), [21, waveAt(19), levelAt(20)]);
  assert.deepEqual(lookAt(100), [101, waveAt(19), levelAt(100)]);
});
