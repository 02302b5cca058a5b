// One read of one HTTP device: a request, and each point of its reply with its quality. The reply's own time, where it has one, says how old it is.
import type { JsonTemplate } from "@millwright/contract/json-template";
import type { QualityReason } from "@millwright/contract/telemetry";
import type { Clock } from "@millwright/kit/clock";
import type { Bus } from "./bus.ts";
import type { JsonReply, JsonRequest } from "./http-json.ts";
import { jsonDecoderOf, replyTimeOf } from "./json-values.ts";
import { waveformDecoderOf } from "./json-waveform.ts";
import type { PointValue } from "./point-value.ts";
import type { DeviceReading, Reader, WaveformReading } from "./reader.ts";

export type JsonReaderOptions = {
  readonly bus: Pick<Bus<JsonRequest, JsonReply>, "read">;
  readonly template: JsonTemplate;
  /** Stands for `{unit}` in the template's path. */
  readonly unit: number | null;
  /** The template's points to read, in the order of the reading. */
  readonly names: readonly string[];
  /** Its waveforms, whose figures are among `names`. */
  readonly waveforms?: readonly string[];
  readonly clock: Pick<Clock, "monotonicMs" | "wallMs">;
};

/** A device's clock may be ahead of ours by so much before it is news. Machine ms. */
const futureMs = 60_000;

export function jsonReader({ bus, template, unit, names, waveforms = [], clock }: JsonReaderOptions): Reader {
  const path = template.path.replaceAll("{unit}", String(unit ?? ""));
  const request: JsonRequest = { unit: unit ?? template.template, path };
  const decoders = names.map((name) => decoderOf(template.points[name]));
  const waveformDecoders = waveforms.map((name) => waveformOf(template.points[name]));
  const ageOf = replyAge(template, clock);
  return {
    async read(): Promise<DeviceReading> {
      const outcome = await bus.read(request);
      const atMonotonicMs = clock.monotonicMs();
      if (!outcome.ok)
        return { atMonotonicMs, shown: new Float64Array(names.length).fill(Number.NaN), reasons: names.map(() => outcome.reason) };
      const { document } = outcome.reply;
      const { reason: age, leftMs } = ageOf(document);
      const decoded = decoders.map((decode) => decode(document));
      return {
        atMonotonicMs,
        ...(leftMs === null ? {} : { staleFromMs: atMonotonicMs + leftMs }),
        shown: Float64Array.from(decoded, ({ value }) => value),
        reasons: decoded.map(({ reason }) => reason ?? age),
        ...(waveforms.length === 0 ? {} : { waveforms: waveformDecoders.map((decode) => notTooOld(decode(document), age)) }),
      };
    },
  };
}

// What is no point of the template is a figure of a waveform, and made later.
const decoderOf = (point: JsonTemplate["points"][string] | undefined): ((document: unknown) => PointValue) =>
  point?.type === "number" ? jsonDecoderOf(point) : () => ({ value: Number.NaN, reason: "sentinel" });

function waveformOf(point: JsonTemplate["points"][string] | undefined): (document: unknown) => WaveformReading {
  if (point?.type !== "waveform") throw new Error("not a waveform of the template");
  return waveformDecoderOf(point);
}

const notTooOld = (waveform: WaveformReading, age: QualityReason | null): WaveformReading =>
  age === "stale" && "samples" in waveform ? { reason: age, detail: "the reply is older than max_age" } : waveform;

/** `leftMs`: machine ms until it is too old; null where it does not say when it was measured, or is too old already. */
type ReplyAge = { readonly reason: "stale" | "clock" | null; readonly leftMs: number | null };

// A reply that should say when it was measured and does not is as good as an old one.
function replyAge({ time }: JsonTemplate, clock: Pick<Clock, "wallMs">): (document: unknown) => ReplyAge {
  if (time === undefined) return () => ({ reason: null, leftMs: null });
  const timeOf = replyTimeOf(time);
  return (document) => {
    const ageMs = clock.wallMs() - (timeOf(document) ?? Number.NEGATIVE_INFINITY);
    if (ageMs > time.max_age) return { reason: "stale", leftMs: null };
    return { reason: ageMs < -futureMs ? "clock" : null, leftMs: time.max_age - Math.max(0, ageMs) };
  };
}
