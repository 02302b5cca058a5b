// Small figures of samples; values that are not finite are passed over, and of nothing the answer is 0.

export const finite = (values: readonly number[]): number[] => values.filter(Number.isFinite);

export function meanOf(values: readonly number[]): number {
  const good = finite(values);
  return good.length === 0 ? 0 : good.reduce((sum, value) => sum + value, 0) / good.length;
}

/** Root of the second moment about `centre`. */
export function spreadOf(values: readonly number[], centre: number): number {
  return Math.sqrt(meanOf(values.map((value) => (value - centre) ** 2)));
}

export const medianOf = (values: readonly number[]): number => quantileOf(values, 0.5);

/** The q-quantile (0…1), linear between order statistics. */
export function quantileOf(values: readonly number[], q: number): number {
  const sorted = finite(values).sort((a, b) => a - b);
  if (sorted.length === 0) return 0;
  const position = q * (sorted.length - 1);
  const low = Math.floor(position);
  const below = sorted[low] as number;
  return below + (position - low) * ((sorted[Math.min(low + 1, sorted.length - 1)] as number) - below);
}
