// Two things physics does all the time. Pure.
import { normal, type Random } from "../random/random.ts";

/** A first-order lag: `value` on its way to `target`; exact for any step. */
export function lag(value: number, target: number, dtMs: number, timeConstantMs: number): number {
  return target + (value - target) * Math.exp(-dtMs / timeConstantMs);
}

/** One step of an Ornstein–Uhlenbeck process around 0, with stationary spread `sigma`; exact for any step. */
export function wander(
  value: number,
  { dtMs, timeConstantMs, sigma, random }: { dtMs: number; timeConstantMs: number; sigma: number; random: Random },
): number {
  const kept = Math.exp(-dtMs / timeConstantMs);
  return value * kept + sigma * Math.sqrt(1 - kept * kept) * normal(random);
}
