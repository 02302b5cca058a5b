// Says when a machine's behaviour changes, in either direction: the smoothed score moved by more than a share of the watch limit within a few rows.
// Independent of alarms: a change back to normal counts too. Pure; the state is plain JSON of fixed size.
import { changepointSettings } from "../settings.ts";

/** `recent`: the smoothed scores of the last `lagRows` rows, oldest first. `quietRows`: rows to wait before the next one. */
export type ChangepointState = { readonly recent: readonly number[]; readonly quietRows: number };

export const initialChangepoint: ChangepointState = { recent: [], quietRows: 0 };

/** @param score null = unavailable: nothing is concluded */
export function changepointStep(
  state: ChangepointState,
  score: number | null,
): { readonly state: ChangepointState; readonly changepoint: boolean } {
  if (score === null) return { state, changepoint: false };
  const { smoothing, lagRows, change, refractoryRows } = changepointSettings;
  const last = state.recent.at(-1) ?? score;
  const smoothed = last + smoothing * (score - last);
  const [before] = state.recent;
  const isFull = state.recent.length >= lagRows;
  const changepoint = isFull && state.quietRows === 0 && Math.abs(smoothed - (before as number)) > change;
  const recent = [...state.recent.slice(isFull ? 1 : 0), smoothed];
  return { state: { recent, quietRows: changepoint ? refractoryRows : Math.max(0, state.quietRows - 1) }, changepoint };
}
