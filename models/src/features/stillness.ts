// How long a point has stood still, and what that means. What is usual is learned from healthy rows: some sensors repeat a value for 40 rows.
// moving → suspicious (longer than learned: hidden from the model, so that a frozen sensor never raises a machine alarm)
//        → frozen (much longer: an event about the sensor, once per freeze).
import type { PointStillness } from "@millwright/contract/model-manifest";

export type StillnessVerdict = "moving" | "suspicious" | "frozen";

/** Plain JSON. `value`: the last good value, null before the first. `stillRows`: how many rows in succession had it. */
export type StillnessState = { value: number | null; stillRows: number; verdict: StillnessVerdict };

export const initialStillness = (): StillnessState => ({ value: null, stillRows: 0, verdict: "moving" });

/** Takes the next value into the state, in place. A bad value (NaN) tells nothing: the state stays. */
export function stillnessStep(state: StillnessState, value: number, learned: PointStillness): void {
  if (!Number.isFinite(value)) return;
  if (value === state.value) {
    state.stillRows += 1;
    state.verdict = verdictOf(state.stillRows, learned);
    return;
  }
  state.value = value;
  state.stillRows = 1;
  state.verdict = "moving";
}

function verdictOf(stillRows: number, { frozen_rows, suspicious_rows }: PointStillness): StillnessVerdict {
  if (frozen_rows !== null && stillRows >= frozen_rows) return "frozen";
  return suspicious_rows !== null && stillRows >= suspicious_rows ? "suspicious" : "moving";
}
