// Why a candidate is likely or not, in words. Pure.
import { stepsOf } from "./code-length.ts";
import type { Candidate } from "./rank-candidates.ts";

export function reasonFor({ type, values, text }: Pick<Candidate, "type" | "values" | "text">): string {
  if (text !== null) return text.includes("\uFFFD") || text.length < 2 ? "not printable" : "printable, and does not change";
  if (!values.every(Number.isFinite)) return type.startsWith("bcd") ? "not decimal digits" : "not a number";
  const largest = Math.max(...values.map(Math.abs));
  const smallest = Math.min(...values.filter((value) => value !== 0).map(Math.abs), largest);
  if (type.startsWith("float") && largest > 1e9) return "too large for a sensor";
  if (type.startsWith("float") && largest > 0 && smallest < 1e-6) return "too small for a sensor";
  const steps = stepsOf(values).map(Math.abs);
  const step = Math.max(0, ...steps);
  if (step === 0) return values.length > 1 ? "does not change" : "one reading only";
  if (/32|64/.test(type) && !type.startsWith("float") && steps.every((each) => each % 65_536 === 0)) return "jumps by multiples of 65536";
  const isSmooth = step <= 0.2 * largest;
  return `${isSmooth ? "moves smoothly" : "jumps about"}, by up to ${Number(step.toPrecision(2))} a reading`;
}
