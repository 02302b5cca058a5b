// Whether a machine's rows and its reads go together in time.
import type { ConfigReport, Path } from "./config-report.ts";
import type { ResolvedMachine } from "./resolved-config.ts";

/** Rows faster than any read would only repeat; a counter read slower than twice the row rate may miss rows of the device. */
export function checkPeriods({ everyMs, reads, counterIndex }: ResolvedMachine, path: Path, report: ConfigReport): void {
  const fastestMs = Math.min(...reads.map((read) => read.everyMs));
  if (everyMs < fastestMs) {
    report.error(
      [...path, "every"],
      `${durationText(everyMs)} is shorter than the period of its fastest read, ${durationText(fastestMs)}: rows would only repeat. Make it ${durationText(fastestMs)} or more, or read more often.`,
    );
    return;
  }
  const i = reads.findIndex(({ pointIndexes }) => counterIndex !== null && pointIndexes.includes(counterIndex));
  const counterRead = reads[i];
  if (counterRead === undefined || counterRead.everyMs * 2 <= everyMs) return;
  report.warn(
    [...path, "reads", i, "every"],
    `${durationText(counterRead.everyMs)} is more than half of the machine's ${durationText(everyMs)}: rows of the device can be missed. Use ${durationText(everyMs / 2)} or less.`,
  );
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** The largest unit that keeps it short: 1500 → 1.5s. */
export function durationText(ms: number): string {
  const [unit, unitMs] = units.find(([, size]) => ms >= size) ?? units[4];
  return `${Number((ms / unitMs).toPrecision(6))}${unit}`;
}
