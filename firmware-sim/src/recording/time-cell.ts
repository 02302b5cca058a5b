// The text of a time cell → Unix milliseconds, in one of the formats a profile may name. Pure.
import type { RecordingProfile } from "@millwright/contract/recording-profile";

type Format = Exclude<RecordingProfile["time"]["format"], "row">;

/** For error messages. */
export const timeExample: Record<Format, string> = {
  date_time: "2020-03-09 10:14:33 or 2020-03-09T10:14:33.250Z",
  epoch_s: "1583748873 (seconds since 1970)",
  epoch_ms: "1583748873000 (milliseconds since 1970)",
};

const plainDateTime = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?$/;

/** @returns Unix ms, or null where the text is not such a time. A date without a zone is taken as UTC. */
export function parseTime(text: string, format: Format): number | null {
  if (format === "date_time") {
    const match = plainDateTime.exec(text);
    if (match === null) return null;
    const ms = Date.parse(`${match[1]}T${match[2]}${match[3] ?? "Z"}`);
    return Number.isNaN(ms) ? null : ms;
  }
  const number = text === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(number)) return null;
  return format === "epoch_s" ? number * 1000 : number;
}
