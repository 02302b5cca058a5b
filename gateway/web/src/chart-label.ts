import type { Series, SeriesPoint } from "../../src/tickets/read-series.ts";

/** A chart in one sentence: its signal with its first value, its value at the alarm and its last. */
export function chartLabel(
  { title, unit, baseline, values }: SeriesPoint,
  { wall_ms: wallMs, alarm_ms: alarmMs, span_text }: Series,
): string {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, ms: wallMs[index] ?? 0 }]));
  const first = known[0];
  const last = known.at(-1);
  if (first === undefined || last === undefined) return `${title}: no values`;
  const atAlarm = known.findLast(({ ms }) => ms <= alarmMs) ?? first;
  const told = (value: number): string => `${Number(value.toPrecision(3))}${unit === "" ? "" : ` ${unit}`}`;
  const normal = baseline === null ? "" : `, to compare with ${told(baseline)}`;
  return `${title} over ${span_text}: first ${told(first.value)}, at the alarm ${told(atAlarm.value)}, last ${told(last.value)}${normal}`;
}
