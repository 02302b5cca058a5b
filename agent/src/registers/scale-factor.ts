// A value whose power of ten stands in another point of the same device (SunSpec's scale factors). Pure.
// Two steps, for the two may come with different replies: every register is decoded, then what has a scale factor is scaled.
import type { QualityReason } from "@millwright/contract/telemetry";
import type { PointDecoding } from "./decode.ts";

/** Powers of ten that a scale factor can be (SunSpec Device Information Model Specification, `sunssf`: −10…10). */
const highestPower = 10;

/** The first step: the number as it stands in the register, none where it is a sentinel. */
export function unscaled({ range: _, ...decoding }: PointDecoding): PointDecoding {
  return { ...decoding, scale: 1, offset: 0 };
}

/**
 * The second step, for a point at `index` and its scale factor at `factorIndex`: raw × scale × 10^factor + offset, in place.
 * Where the factor is not known, neither is the value; a factor that no device means makes it a sentinel.
 */
export function scalerOf(
  { scale, offset, range }: PointDecoding,
  index: number,
  factorIndex: number,
): (shown: Float64Array, reasons: (QualityReason | null)[]) => void {
  const [low, high] = range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  return (shown, reasons) => {
    if (reasons[index] !== null) return;
    const power = shown[factorIndex] as number;
    const why = reasons[factorIndex] ?? null;
    const isUsable = why === null && Number.isInteger(power) && Math.abs(power) <= highestPower;
    if (!isUsable) {
      shown[index] = Number.NaN;
      reasons[index] = why === null || why === "out_of_range" ? "sentinel" : why;
      return;
    }
    // Divided, not multiplied by 0.1 and the like, which no double holds: 4012 at 10^-1 is 401.2.
    const raw = (shown[index] as number) * scale;
    const value = (power < 0 ? raw / 10 ** -power : raw * 10 ** power) + offset;
    if (!Number.isFinite(value)) {
      shown[index] = Number.NaN;
      reasons[index] = "sentinel";
      return;
    }
    shown[index] = value;
    reasons[index] = value < low || value > high ? "out_of_range" : null;
  };
}
