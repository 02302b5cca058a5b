// When a prediction is sent: at once when the level or the episode changes, within a minute when a score or a forecast appears, is lost, or the
// forecast moves by a tenth, and now and then so that the gateway knows what is going on. Pure.
import type { LifeForecast } from "@millwright/contract/forecast";

/** `forecast`: the middle of the remaining life, then P(fail) for each horizon; null: there is none. Absent in states of earlier versions. */
export type Told = {
  level: string;
  episode: string | null;
  status: string;
  atMs: number;
  forecast?: readonly number[] | null | undefined;
};

const statusMs = 60_000;
const raisedMs = 60_000;
const normalMs = 600_000;

/** What `Told` keeps of a forecast. */
export const figuresOf = ({ remaining_life, p_fail }: LifeForecast): readonly number[] | null =>
  remaining_life.status === "unavailable" || p_fail.status === "unavailable"
    ? null
    : [remaining_life.middle, ...p_fail.horizons.map(({ p }) => p)];

/** @param told the last prediction sent; null before the first. Times: machine ms. */
export function shouldTell(told: Told | null, now: Told): boolean {
  if (told === null || told.level !== now.level || told.episode !== now.episode) return true;
  const passedMs = now.atMs - told.atMs;
  if (told.status !== now.status || hasMoved(told.forecast ?? null, now.forecast ?? null)) return passedMs >= statusMs;
  return passedMs >= (now.level === "normal" ? normalMs : raisedMs);
}

function hasMoved(before: readonly number[] | null, now: readonly number[] | null): boolean {
  if (before === null || now === null || before.length !== now.length) return before !== now;
  const [life = 0, ...chances] = now;
  const [lifeBefore = 0, ...chancesBefore] = before;
  return Math.abs(life - lifeBefore) > 0.1 * lifeBefore || chances.some((p, n) => Math.abs(p - (chancesBefore[n] as number)) >= 0.1);
}
