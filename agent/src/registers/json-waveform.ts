// A JSON reply → the samples of a waveform, in their unit, and their rate; or why there are none that can be used. Pure.
import type { WaveformPoint } from "@millwright/contract/json-template";
import { counted } from "@millwright/kit/counted";
import { pointerOf } from "./json-values.ts";
import type { WaveformReading } from "./reader.ts";

/** Makes the decoder of one waveform, once. Not there or null: `sentinel`; another length, or anything in it that is no number: `malformed`. */
export function waveformDecoderOf({
  pointer,
  samples: expected,
  sample_rate_hz,
  scale,
}: WaveformPoint): (document: unknown) => WaveformReading {
  const find = pointerOf(pointer);
  const rateOf = typeof sample_rate_hz === "number" ? () => sample_rate_hz : pointerOf(sample_rate_hz.pointer);
  return (document) => {
    const found = find(document);
    if (found === undefined || found === null) return { reason: "sentinel", detail: `there is no waveform at ${pointer}` };
    if (!Array.isArray(found)) return { reason: "malformed", detail: `what stands at ${pointer} is no array` };
    if (found.length !== expected)
      return { reason: "malformed", detail: `${counted(found.length, "sample")} at ${pointer}, ${expected} expected` };
    const samples = new Float64Array(expected);
    const strange = takeSamples(found, scale, samples);
    if (strange >= 0) return { reason: "malformed", detail: `sample ${strange} at ${pointer} is no number` };
    const rateHz = rateOf(document);
    if (typeof rateHz !== "number" || !(rateHz > 0 && rateHz < 1e7))
      return { reason: "malformed", detail: "the reply does not say its sampling rate" };
    return { samples, rateHz };
  };
}

/** @returns the place of the first that is no number; −1 where all are. A plain loop, for there are thousands of them. */
function takeSamples(found: readonly unknown[], scale: number, samples: Float64Array): number {
  for (let i = 0; i < samples.length; i++) {
    const sample = found[i];
    if (typeof sample !== "number" || !Number.isFinite(sample)) return i;
    samples[i] = sample * scale;
  }
  return -1;
}
