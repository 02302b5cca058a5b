// One point of a reading as cells for a person: value with its unit and word, quality. Pure.
import type { QualityReason } from "@millwright/contract/telemetry";
import { unitText } from "@millwright/kit/unit-text";
import type { ResolvedPoint } from "../../config/resolved-config.ts";
import { qualityOf } from "../../samples/quality.ts";
import type { Paint } from "../terminal/paint.ts";
import { qualityWords } from "./quality-words.ts";

/** As many digits as a float32 holds: 1.7400000095 is 1.74. */
export const numberText = (value: number): string => (Number.isFinite(value) ? String(Number(value.toPrecision(7))) : "–");

/** The unit, and for a code of an enumeration its word: "mm/s", "= running". */
export function unitCell({ unit, enum: words }: ResolvedPoint, value: number): string {
  const word = words?.[String(value)];
  if (word !== undefined) return `= ${word}`;
  return Number.isFinite(value) ? unitText(unit) : "";
}

export function qualityText(reason: QualityReason | null, paint: Paint): string {
  if (reason === null) return paint.good("good");
  return (qualityOf(reason) === "bad" ? paint.bad : paint.warn)(qualityWords[reason]);
}
