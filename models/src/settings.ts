// Every number of the detector and of its decisions that a person chose, in one place. They were fixed on ../shared/data/skab/valve1 and
// on simulated pumps; docs/specs/models.md has what a change of each by a quarter does. Nothing is tuned on the data a program is given.
import type { Thresholds } from "@millwright/contract/model-manifest";

/** Streaming features. Weights are those of the newest row in a running mean; rows are rows of the machine. */
export const featureSettings = {
  ewmaAlpha: 0.2,
  driftAlpha: 0.0075,
  /** A point is shown to the model again after so many good rows: 1 / ewmaAlpha. */
  warmUpRows: 5,
  /** A point that is missing for longer starts again; so does everything after a longer gap in time. */
  maxGapPeriods: 3,
  /** Good and bad values are counted over so many rows; at most 30, for they are bits of a number. */
  badWindowRows: 30,
  /** A point with a larger share of bad rows in this window is hidden; where the others have more than `maxBadShare`, there is no score. */
  maxHoles: 1 / 3,
  /** Below this share of visible points there is no score. */
  minVisibleShare: 0.5,
} as const;

/**
 * Which points wait with their re-centring (docs/decisions/0024): those whose part of the score is larger than this, as a running mean. `leaders`: while
 * there is no alarm; `involved`: in an alarm. 1 is the watch limit.
 */
export const holdSettings = { alpha: 0.2, leaders: 0.4, involved: 0.05 } as const;

/** Stillness: suspicious after 1.5 × the longest run of equal values seen + 3 rows, frozen after 2 × + 40 rows. */
export const stillnessSettings = { suspiciousFactor: 1.5, suspiciousRows: 3, frozenFactor: 2, frozenRows: 40 } as const;

export const learningSettings = {
  minRows: 200,
  wantedRows: 400,
  maxBadShare: 0.1,
  /** Fit on the first three quarters, limits from the rest: later rows the fit has not seen. */
  fitShare: 0.75,
  /** Ridge per row on standardised values. */
  arRidge: 0.1,
  /** How much of the wandering between blocks of 50 rows is added to the variance of the slow residual. */
  wanderWeight: 3,
  wanderBlockRows: 50,
  /** The same for levels, which wander on: as a whole matrix, so that common movement with the load stays common. */
  levelWander: 3,
  /** The level's limit is this many times wider: it is there for what comes slowly, not for what comes fast. */
  levelFactor: 2,
  /** Re-centring is bounded to so many standard deviations of the slow residual: a fault is never learned whole. */
  driftBound: 4,
  /**
   * Limit = median distance of later normal rows × (1 + limitSpread / √points): the distance of P independent residuals spreads by about
   * 0.7 around √P, so with fewer points the same budget takes a larger factor (8 points: 2.77).
   */
  limitSpread: 5,
  /** A limit is raised to what was held for two rows while learning, but to no more than so many times itself: one wild row must not blind it. */
  limitRise: 2,
  settlingRows: 20,
  /** A point's own chart: its limit is so many times the largest deviation while learning, after so many rows, and needs so many independent rows. */
  chartFactor: 2.25,
  chartWarmUpRows: 60,
  chartIndependentRows: 25,
  /** Noise floors: of the typical step of a point, and of the mean of a point that never moved. */
  stepFloor: 0.25,
  constantFloor: 0.01,
} as const;

export const thresholdSettings: Thresholds = {
  revision: 2,
  watch: 1,
  critical: 3,
  raise_rows: 2,
  clear_rows: 10,
  clear_below: 0.8,
  ticket_rows: 40,
  double_above: 1.5,
  episode_end_rows: 120,
  rise_after_verdict: 1.5,
  hold_above: 0.75,
  false_tickets_per_month: 1,
};

/**
 * Of a baseline for one of several running states: the first rows of a change still count to the state that is left, and five in succession (as many as
 * its running means look back) are more than such a change takes where a state is told in time. docs/decisions/0021-baselines-per-state.md.
 */
export const stateThresholdSettings: Thresholds = { ...thresholdSettings, revision: 3, raise_rows: 5 };

/** A changepoint: the smoothed score moved by more than `change` (of the watch limit) within `lagRows`; then none for `refractoryRows`. */
export const changepointSettings = { smoothing: 0.4, lagRows: 10, change: 0.3, refractoryRows: 30 } as const;

/** Features of machines measured once a cycle. Windows, the first cycles and the running mean as notes on turbofans have them; in cycles. */
export const cycleSettings = {
  windows: [10, 25, 50, 100],
  ewmaAlpha: 0.05,
  firstCycles: 10,
  /** Rows whose settings differ by less than this share of the settings' range (or of 1) are of one operating condition. */
  sameCondition: 0.05,
  maxConditions: 32,
} as const;

/** Prognosis of machines that ran to failure, in cycles; chosen by cross-validation over train units of turbofans FD001 and FD003. */
export const prognosisSettings = {
  /** Longer lives are not told apart: wear does not show yet. */
  cap: 125,
  indexCaps: [125, 60, 30],
  indexRidge: 0.01,
  /** Weights of an index in one condition are drawn to those of all conditions as if by so many rows. */
  indexPriorRows: 100,
  /** Directions in which units end: how many at most, over how many cycles an end is a mean, from which variance on (1: the noise of a row). */
  directions: { most: 3, endCycles: 25, leastVariance: 1, rounds: 300, smoothing: 15 },
  trees: { depth: 5, rate: 0.04, l2: 1, minWeight: 100, columnShare: 0.15 },
  /** Of the logistic trees: a row that is surely healthy or surely failing weighs next to nothing, so a hundred would leave stumps. */
  failMinWeight: 3,
  rowsPerTree: 12_000,
  lifeTrees: 250,
  boundTrees: 250,
  failTrees: 200,
  quantiles: [0.05, 0.95],
  coverage: 0.9,
  /** The interval's margin is learned in so many equal parts of 0 … cap. */
  marginParts: 10,
  /** Drift is told by the first cycles of a machine alone: it is not worn yet. */
  youngCycles: 50,
  /** For the margins. With few, the quantiles they come from know too few units and the interval holds too much. */
  folds: 10,
  horizonsCycles: [30],
  /** Extrapolation of a health index; shares of its history that are tried, the shortest first. */
  health: {
    leastPoints: 16,
    windows: [0.25, 0.5, 1],
    /** A slope counts as a trend from so many of its own spreads on. */
    trendSpreads: 2.5,
    /** Lives of more than so many times what was looked at are not told. */
    reach: 3,
    /** Wear does not go on at the pace it had: so large a share of the drift is left open, beside what its fit leaves open. */
    modelSpread: 0.2,
    /** Blocks of the index that are kept of a machine's whole life. */
    blocks: 192,
    quantiles: [0.05, 0.95],
  },
} as const;

/**
 * Novelty of a single register, fixed on the 54 open series of ../shared/data/nab and on disturbed copies of them
 * (docs/decisions/0011-single-registers.md has what a change of each does).
 */
export const noveltySettings = {
  /** Values and differences remembered at most. */
  historyRows: 20_000,
  /** Nothing is said before; after that a history of n values is trusted n / (n + trustRows). */
  warmUpRows: 150,
  trustRows: 200,
  /** The width of a history leaves out this share at either end (so that one spike does not blind it), but is at least this share of the whole. */
  tail: 0.001,
  widthFloor: 0.05,
  /** Days compared with; the difference is averaged over so many rows. A week, because a Sunday is like a Sunday. */
  days: 7,
  meanRows: 24,
  tolerancePeriods: 1.5,
  /** After an event: so many rows in which only a score that is `factor` times as high speaks. */
  pauseRows: 100,
  factor: 2,
  /** The score is 1 at this many widths. */
  watchNovelty: 0.027,
} as const;

/** How the novelty of single registers is told on the box (docs/decisions/0022-single-registers-and-wear-on-the-box.md). */
export const noveltyLayerSettings = {
  /** Rows that come more often are averaged over so long. */
  leastPeriodMs: 60_000,
  /** Says nothing before so much time: the second night is like the first. */
  leastSpanMs: 2 * 86_400_000,
  /** A warning from this score on, times √ registers: at most one false one a month on the open series, outside of their windows. */
  warningScore: 4,
} as const;
