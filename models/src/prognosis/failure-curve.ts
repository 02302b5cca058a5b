// The probability of failure within any horizon, from what a prognosis gives: an interval of the remaining life and the probabilities at the
// horizons it was trained for. Pure. Monotone in the horizon, and exactly the trained probability at a trained one. Between them it is a straight
// line through the quantiles that the interval stands for, each moved as little as the trained probabilities demand: interpolated, not calibrated.

/** All in the same unit. `quantiles`: what `low` and `high` stand for. Lives from `cap` on are not told apart. */
export type LifeFigures = {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  readonly quantiles: readonly [number, number];
  readonly cap: number;
  readonly trained: readonly { readonly within: number; readonly p: number }[];
};

/** `isTrained`: the horizon is one the model has a forecast of its own for. */
export type FailureWithin = { readonly p: number; readonly isTrained: boolean };

type Anchor = { readonly at: number; readonly p: number };

/** A life of 0 means "in the next cycle": its anchor stands half a cycle from now, as there is no failure within 0. */
const soonest = 0.5;

/**
 * @returns the probability of failure within a horizon > 0; null where nothing is known of it: the interval reaches the cap, and the horizon lies
 * beyond both its lower end and the trained horizons
 */
export function failureCurve(figures: LifeFigures): (within: number) => FailureWithin | null {
  const trained = risingOf(figures.trained);
  const isOpen = figures.high >= figures.cap;
  const quantiles = quantileAnchors(figures, isOpen).map(({ at, p }) => ({ at, p: between(trained, at, p) }));
  const anchors = [{ at: 0, p: 0 }, ...[...quantiles, ...trained].sort((a, b) => a.at - b.at || a.p - b.p)];
  const reach = isOpen ? (anchors.at(-1)?.at ?? 0) : Number.POSITIVE_INFINITY;
  return (within) => {
    const own = trained.find(({ at }) => at === within);
    if (own !== undefined) return { p: own.p, isTrained: true };
    return within > reach ? null : { p: interpolated(anchors, within), isTrained: false };
  };
}

// Forecasts of two ensembles may cross; the later horizon is then raised to the earlier one.
function risingOf(trained: LifeFigures["trained"]): Anchor[] {
  let most = 0;
  return [...trained]
    .sort((a, b) => a.within - b.within)
    .map(({ within, p }) => {
      most = Math.max(most, p);
      return { at: within, p: most };
    });
}

// An interval up to the cap is open: its upper end says nothing, and its middle is a mean of lives that were cut off.
function quantileAnchors({ low, middle, high, quantiles: [lowP, highP], cap }: LifeFigures, isOpen: boolean): Anchor[] {
  const anchors = [
    { at: low, p: lowP },
    { at: middle, p: 0.5 },
    { at: high, p: highP },
  ];
  return (isOpen ? anchors.slice(0, low < cap ? 1 : 0) : anchors).map(({ at, p }) => ({ at: Math.max(soonest, at), p }));
}

/** What a trained forecast says of an earlier horizon bounds it from below, of a later one from above. */
function between(trained: readonly Anchor[], at: number, p: number): number {
  const least = Math.max(0, ...trained.filter((one) => one.at <= at).map((one) => one.p));
  const most = Math.min(1, ...trained.filter((one) => one.at >= at).map((one) => one.p));
  return Math.min(most, Math.max(least, p));
}

function interpolated(anchors: readonly Anchor[], at: number): number {
  const next = anchors.findIndex((anchor) => anchor.at > at);
  if (next < 0) return anchors.at(-1)?.p ?? 0;
  const [before, after] = [anchors[next - 1] as Anchor, anchors[next] as Anchor];
  return before.p + ((after.p - before.p) * (at - before.at)) / (after.at - before.at);
}
