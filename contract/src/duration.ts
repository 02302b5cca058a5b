// Durations as people write them in configuration (`250ms`, `10s`, `3m`, `2h`, `7d`) → milliseconds of machine time.
import * as v from "valibot";

const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Parses one duration. @returns milliseconds, or null where the text is not a duration. */
export function parseDuration(text: string): number | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
}

/** A duration schema with limits, both as people write them. Input: text; output: milliseconds. */
export function duration(limits: { min: string; max: string }) {
  const min = parseDuration(limits.min) ?? 0;
  const max = parseDuration(limits.max) ?? Number.POSITIVE_INFINITY;
  const isWithin = (ms: number): boolean => ms >= min && ms <= max;
  const hint = `must be a duration from ${limits.min} to ${limits.max}, e.g. 500ms, 10s, 3m, 2h or 7d`;
  return v.pipe(
    v.string(hint),
    v.regex(pattern, hint),
    v.check((text) => isWithin(parseDuration(text) ?? Number.NaN), hint),
    v.transform((text) => parseDuration(text) ?? Number.NaN),
  );
}
