// Intervals that are honest about few events. Pure.

/** Quantile of the normal distribution for a two-sided interval. */
const z = { 0.9: 1.6449, 0.95: 1.96 } as const;
/** Of rates: two-sided 90 %. */
const tail = 0.05;

export type Interval = { readonly low: number; readonly mid: number; readonly high: number };

/** A share from `hits` of `tries`: Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953. Of no tries everything is possible. */
export function wilson(hits: number, tries: number, confidence: keyof typeof z = 0.9): Interval {
  if (tries === 0) return { low: 0, mid: 0.5, high: 1 };
  const share = hits / tries;
  const q = z[confidence];
  const centre = (share + q ** 2 / (2 * tries)) / (1 + q ** 2 / tries);
  const half = (q / (1 + q ** 2 / tries)) * Math.sqrt((share * (1 - share)) / tries + q ** 2 / (4 * tries ** 2));
  return { low: Math.max(0, centre - half), mid: share, high: Math.min(1, centre + half) };
}

/** A rate from `events` in `exposure` (any unit of time, > 0): exact Poisson limits (Garwood 1936, https://doi.org/10.1093/biomet/28.3-4.437). */
export function poissonRate(events: number, exposure: number): Interval {
  const low = events === 0 ? 0 : meanWhere((mean) => 1 - cumulative(events - 1, mean) < tail, events);
  const high = meanWhere((mean) => cumulative(events, mean) > tail, events);
  return { low: low / exposure, mid: events / exposure, high: high / exposure };
}

/** Bisection: the mean up to which `isBelow` holds. */
function meanWhere(isBelow: (mean: number) => boolean, events: number): number {
  let [low, high] = [0, 2 * events + 20];
  for (let step = 0; step < 60; step += 1) {
    const mean = (low + high) / 2;
    if (isBelow(mean)) low = mean;
    else high = mean;
  }
  return low;
}

/** P(at most `events`) of a Poisson distribution. */
function cumulative(events: number, mean: number): number {
  let [sum, logTerm] = [0, -mean];
  for (let k = 0; k <= events; k += 1) {
    if (k > 0) logTerm += Math.log(mean / k);
    sum += Math.exp(logTerm);
  }
  return sum;
}
