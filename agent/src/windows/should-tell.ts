// When a prediction is sent: at once when the level or the episode changes, within a minute when a score appears or is lost, and now and then
// so that the gateway knows what is going on. Pure.

export type Told = { level: string; episode: string | null; status: string; atMs: number };

const statusMs = 60_000;
const raisedMs = 60_000;
const normalMs = 600_000;

/** @param told the last prediction sent; null before the first. Times: machine ms. */
export function shouldTell(told: Told | null, now: Told): boolean {
  if (told === null || told.level !== now.level || told.episode !== now.episode) return true;
  const passedMs = now.atMs - told.atMs;
  if (told.status !== now.status) return passedMs >= statusMs;
  return passedMs >= (now.level === "normal" ? normalMs : raisedMs);
}
