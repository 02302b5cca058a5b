// When a Wiener process with drift reaches a limit: its first passage follows the inverse Gaussian law (Schrödinger 1915; Folks & Chhikara, J. R.
// Statist. Soc. B 40, 1978). The drift is known from a fit only, so the law is averaged over what the fit leaves open (Si, Wang, Hu & Zhou, Eur. J.
// Oper. Res. 213, 2011, section 3). Pure; any units, the same for all.

export type Wiener = {
  /** From here to the limit; not negative. */
  readonly distance: number;
  /** Per unit of time, towards the limit; negative: away from it. */
  readonly drift: number;
  readonly driftSpread: number;
  /** Variance per unit of time. */
  readonly diffusion: number;
};

/** Normal quantiles at the middles of so many equal shares stand for the drift that may be. */
const shares = 24;
const nodes = Array.from({ length: shares }, (_, n) => normalQuantile((n + 0.5) / shares));

/** @returns P(the limit is reached within `time`), monotone in it; it stays below 1 where the drift may point away from the limit */
export function passageWithin({ distance, drift, driftSpread, diffusion }: Wiener, time: number): number {
  if (distance <= 0) return 1;
  if (time <= 0) return 0;
  const sum = nodes.reduce((total, node) => total + inverseGaussian(distance, drift + node * driftSpread, diffusion, time), 0);
  return Math.min(1, sum / shares);
}

/** @returns the time within which the limit is reached with probability `share`; infinite where it may never be */
export function passageQuantile(process: Wiener, share: number, longest: number): number {
  if (passageWithin(process, longest) < share) return Number.POSITIVE_INFINITY;
  let [low, high] = [0, longest];
  for (let step = 0; step < 26; step += 1) {
    const middle = (low + high) / 2;
    if (passageWithin(process, middle) < share) low = middle;
    else high = middle;
  }
  return high;
}

function inverseGaussian(distance: number, drift: number, diffusion: number, time: number): number {
  const spread = Math.sqrt(diffusion * time);
  if (spread === 0) return drift * time >= distance ? 1 : 0;
  const direct = normalBelow((drift * time - distance) / spread);
  // e^(2 μ d / σ²) overflows where its partner vanishes: their product is taken as one exponential.
  const reflected = Math.exp((2 * drift * distance) / diffusion + logNormalBelow(-(drift * time + distance) / spread));
  return Math.min(1, direct + reflected);
}

/** P(N(0,1) < z), to 1e-7 (Abramowitz & Stegun 26.2.17). */
export function normalBelow(z: number): number {
  return z > 0 ? 1 - upperTail(z) : upperTail(-z);
}

function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

// Far out the tail is its density over z, to first order: log of it needs no number that small.
function logNormalBelow(z: number): number {
  return z > -8 ? Math.log(normalBelow(z)) : (-z * z) / 2 - Math.log(-z * Math.sqrt(2 * Math.PI)) + Math.log1p(-1 / (z * z));
}

/** The inverse of `normalBelow`, by bisection. */
export function normalQuantile(share: number): number {
  let [low, high] = [-9, 9];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
