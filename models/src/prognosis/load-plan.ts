// What if the machine goes on under another load: wear runs load^exponent times as fast. The exponent is stated (bearing life, ISO 281:2007, 5.2: life
// goes with load^−3 for ball and load^−10/3 for roller bearings) or learned from how the machine's own wear went with its load. Pure; times in any
// unit, the same for all. A forecast at the load of now is asked at the time that the plan's wear amounts to.

/** The exponent of ISO 281 for ball bearings. */
export const ballBearingExponent = 3;

/** `load`: a share of the load of now; 0 stands still. */
export type LoadStep = { readonly duration: number; readonly load: number };

/** At the load of now. `within`: P(fail within a time), null where nothing is known. */
export type LifeAtPresentLoad = {
  readonly within: (time: number) => number | null;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
};

export type PlannedLife = {
  /** Time at the load of now that wears as much as the plan. */
  readonly wear: number;
  /** P(fail before the plan ends); null where nothing is known so far ahead. */
  readonly pFail: number | null;
  readonly pFailAtPresentLoad: number | null;
  /** Life that is left when the plan has ended, at the load of now; 0 where it may not get there. */
  readonly after: { readonly low: number; readonly middle: number; readonly high: number };
};

/** @param exponent how the pace of wear goes with the load, 0 (not at all) or more */
export function planLife(life: LifeAtPresentLoad, steps: readonly LoadStep[], exponent: number): PlannedLife {
  const wear = steps.reduce((sum, { duration, load }) => sum + duration * wearPace(load, exponent), 0);
  const duration = steps.reduce((sum, step) => sum + step.duration, 0);
  const left = (whole: number): number => Math.max(0, whole - wear);
  return {
    wear,
    pFail: wear === 0 ? 0 : life.within(wear),
    pFailAtPresentLoad: duration === 0 ? 0 : life.within(duration),
    after: { low: left(life.low), middle: left(life.middle), high: left(life.high) },
  };
}

/** How many times as fast as at load 1; a machine without load does not wear, unless load does not matter. */
export const wearPace = (load: number, exponent: number): number => (exponent === 0 ? 1 : Math.max(0, load) ** exponent);

export type LoadedPoint = { readonly at: number; readonly value: number; readonly load: number };

/** Of exponents from 0 to 6. */
const tried = Array.from({ length: 61 }, (_, n) => n / 10);
const leastPoints = 30;
/** 95 % of the likelihood's ratio lies below (χ², one degree of freedom). */
const likelihoodDrop = 3.84;
/** Wider than this, the machine has shown nothing about its load. */
const widestInterval = 1.5;
/** Growth must explain so much (log likelihood ratio) against no growth at all. */
const leastGrowth = 10;

/**
 * The exponent with which the growth of a health index followed the load best, and between which exponents it is with 95 %.
 * @param points index (logarithm of it, where it grows by a share of itself) and mean load of the time since the point before
 * @returns null where it cannot be told: too few points, a load that hardly moved, or growth that did not follow it
 */
export function learnLoadExponent(points: readonly LoadedPoint[]): { exponent: number; low: number; high: number } | null {
  const steps = points.slice(1).map(({ at, value, load }, n) => {
    const before = points[n] as LoadedPoint;
    return { rise: value - before.value, duration: at - before.at, load };
  });
  const good = steps.filter(({ rise, load, duration }) => Number.isFinite(rise) && load > 0 && duration > 0);
  if (good.length < leastPoints) return null;
  const fits = tried.map((exponent) => ({ exponent, ...residualOf(good, exponent) }));
  const best = fits.reduce((least, one) => (one.square < least.square ? one : least));
  const still = good.reduce((sum, { rise, duration }) => sum + rise ** 2 / duration, 0);
  if (best.pace <= 0 || good.length * Math.log(still / best.square) < leastGrowth) return null;
  const near = fits.filter(({ square }) => good.length * Math.log(square / best.square) <= likelihoodDrop);
  const [low, high] = [near[0]?.exponent ?? 0, near.at(-1)?.exponent ?? 6];
  return high - low > widestInterval ? null : { exponent: best.exponent, low, high };
}

type Step = { rise: number; duration: number; load: number };

/** Least squares of rise = pace × load^exponent × duration, each step weighing by its duration, as of a Wiener process. */
function residualOf(steps: readonly Step[], exponent: number): { square: number; pace: number } {
  let [xy, xx] = [0, 0];
  for (const { rise, duration, load } of steps) {
    const x = load ** exponent * duration;
    xy += (x * rise) / duration;
    xx += (x * x) / duration;
  }
  const pace = xy / xx;
  const square = steps.reduce((sum, { rise, duration, load }) => sum + (rise - pace * load ** exponent * duration) ** 2 / duration, 0);
  return { square, pace };
}

/** The same points over the time that, at load 1, wears as much: a trend over it does not bend with the load. */
export function overWearTime(points: readonly LoadedPoint[], exponent: number): { at: number; value: number }[] {
  let wear = 0;
  return points.map(({ at, value, load }, n) => {
    const before = points[n - 1];
    if (before !== undefined) wear += (at - before.at) * wearPace(load, exponent);
    return { at: wear, value };
  });
}
