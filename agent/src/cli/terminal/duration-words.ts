// A time span as a person reads it: its two largest units. Pure.
const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** "3 d 4 h", "12 min", "1 min 30 s", "2.5 s", "40 ms". */
export function durationWords(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  const whole = Math.round(ms / 1_000) * 1_000;
  const at = units.findIndex(([, size]) => whole >= size);
  const [[unit, size], second] = [units[at] as (typeof units)[number], units[at + 1]];
  const first = Math.floor(whole / size);
  const rest = second === undefined ? 0 : Math.floor((whole % size) / second[1]);
  return rest === 0 || second === undefined ? `${first} ${unit}` : `${first} ${unit} ${rest} ${second[0]}`;
}
