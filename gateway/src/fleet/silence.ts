// Is a machine silent? A machine nobody hears must never look healthy. Pure.

/** Silent after this many times its usual spacing of rows, and never sooner than `leastSilenceMs`. Machine time. */
export const spacingsUntilSilent = 10;
export const leastSilenceMs = 30_000;

export type SilenceReason = "box_offline" | "no_rows" | "no_rows_yet";
export type Hearing = {
  nowMs: number;
  /** When the gateway took the newest row, or first heard of the machine: by the gateway's own clock, so that a box's wrong clock is no silence. */
  heardMs: number;
  /** Whether it ever gave a row. */
  hasRows: boolean;
  isBoxOnline: boolean;
  /** Its usual time between rows; null where it is not known. */
  spacingMs: number | null;
};

/** @returns why nobody hears the machine, or null where it is heard. */
export function silenceOf({ nowMs, heardMs, hasRows, isBoxOnline, spacingMs }: Hearing): SilenceReason | null {
  if (!isBoxOnline) return "box_offline";
  if (nowMs - heardMs <= Math.max(leastSilenceMs, spacingsUntilSilent * (spacingMs ?? 0))) return null;
  return hasRows ? "no_rows" : "no_rows_yet";
}

/** The median time between neighbours; null with fewer than two. */
export function medianSpacingMs(wallMs: readonly number[]): number | null {
  const times = [...wallMs].sort((a, b) => a - b);
  const spacings = times
    .slice(1)
    .map((time, index) => time - (times[index] as number))
    .sort((a, b) => a - b);
  return spacings[Math.floor(spacings.length / 2)] ?? null;
}
