/** @param values at least one, in any order @param shares 0…1 @returns a quantile for each share, linear between the two values beside it */
export function quantilesOf(values: Float64Array, shares: readonly number[]): number[] {
  const sorted = values.toSorted();
  return shares.map((share) => {
    const place = share * (sorted.length - 1);
    const below = sorted[Math.floor(place)] as number;
    return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] as number) - below);
  });
}
