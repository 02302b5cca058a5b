// What the graph is made of: plain figures, one array per point (P) or per pair of points (P × P, row-major).
// Channels: the AR residual of the row (fast), its running mean (slow), and the running mean of the value itself
// (level), which alone sees a change that comes slower than the AR model follows. Beside them some points have a chart of their own (own-charts.ts).

export const channelNames = ["fast", "slow", "level"] as const;
export type ChannelName = (typeof channelNames)[number];

/** `precision` and `limit` are in standardised residuals; limit = distance at score 1. */
export type Channel = { readonly precision: readonly number[]; readonly limit: number };

export type Weights = {
  /** Values are standardised as (value − mean) / scale. */
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  /** AR(2) coefficients of each point. */
  readonly a1: readonly number[];
  readonly a2: readonly number[];
  /** 1 for a point the model uses, 0 for one it does without. */
  readonly monitored: readonly number[];
  /** Divisors of the residuals of both speeds. */
  readonly fastScale: readonly number[];
  readonly slowScale: readonly number[];
  /** Re-centring of the slow residual is clipped to ± this, in units of its scale. */
  readonly driftBound: readonly number[];
  readonly fast: Channel;
  readonly slow: Channel;
  readonly level: Channel;
  /** 1 ÷ the limit of each point's own chart, per unit of (running mean − slow running mean) / scale; 0 for a point without one. */
  readonly chart: readonly number[];
};
