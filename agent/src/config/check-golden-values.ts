// Whether a golden reply of a template means what the template says it means.
import { type ConfigReport, didYouMean, type Path } from "./config-report.ts";

export type GoldenValue = number | string | null;

/** Figures in templates are rounded; 40 − 400 × 0.1 is not quite 0. */
const [relative, absolute] = [1e-6, 1e-9];

/** @param decoded the value of a point in this reply, null where there is none; undefined where that was reported already. */
export function checkGoldenValues(
  values: Readonly<Record<string, GoldenValue>>,
  points: readonly string[],
  decoded: (point: string) => GoldenValue | undefined,
  path: Path,
  report: ConfigReport,
): void {
  for (const [name, expected] of Object.entries(values)) {
    if (!points.includes(name)) {
      report.error([...path, "values", name], `is not a point of this template. ${didYouMean(name, points)}`, "key");
      continue;
    }
    const value = decoded(name);
    if (value === undefined || isSame(value, expected)) continue;
    report.error([...path, "values", name], `is ${shown(value)} in this reply, not ${shown(expected)}. Correct the point, or the value.`);
  }
}

function isSame(value: GoldenValue, expected: GoldenValue): boolean {
  if (typeof value !== "number" || typeof expected !== "number") return value === expected;
  return Math.abs(value - expected) <= absolute + relative * Math.max(Math.abs(value), Math.abs(expected));
}

const shown = (value: GoldenValue): string => (value === null ? "no value (null)" : JSON.stringify(value));
