// One read of one device that speaks lines of text: a line, and each of its points with its quality. A line that the device sent by itself counts
// from the moment it came, so that it grows stale like a reply would.
import type { TextTemplate } from "@millwright/contract/text-template";
import type { Clock } from "@millwright/kit/clock";
import type { Bus } from "./bus.ts";
import type { DeviceReading, Reader } from "./reader.ts";
import type { TextReply, TextRequest } from "./serial-text.ts";
import { lineJudge, textDecoderOf } from "./text-values.ts";

export type TextReaderOptions = {
  readonly bus: Pick<Bus<TextRequest, TextReply>, "read">;
  readonly template: TextTemplate;
  /** The template's points to read, in the order of the reading. */
  readonly names: readonly string[];
  /** Machine ms between two reads; Infinity where it is read once. */
  readonly everyMs: number;
  readonly clock: Pick<Clock, "monotonicMs" | "scale">;
};

/** A line counts so many periods of its read, as a reading does in a row. */
const stalePeriods = 3;

export function textReader({ bus, template, names, everyMs, clock }: TextReaderOptions): Reader {
  const request: TextRequest = {
    unit: template.template,
    lineEnd: template.line_end,
    maxBytes: template.max_bytes,
    judge: lineJudge(template),
    send: template.send ?? null,
    maxAgeMs: (stalePeriods * everyMs) / clock.scale,
  };
  const decode = textDecoderOf(template, names);
  return {
    async read(): Promise<DeviceReading> {
      const outcome = await bus.read(request);
      const nowMs = clock.monotonicMs();
      if (!outcome.ok)
        return { atMonotonicMs: nowMs, shown: new Float64Array(names.length).fill(Number.NaN), reasons: names.map(() => outcome.reason) };
      const { text, ageMs } = outcome.reply;
      const decoded = decode(text);
      return {
        atMonotonicMs: nowMs - ageMs * clock.scale,
        shown: Float64Array.from(decoded, ({ value }) => value),
        reasons: decoded.map(({ reason }) => reason),
      };
    },
  };
}
