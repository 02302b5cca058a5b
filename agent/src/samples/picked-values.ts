// Some of a row's values, and how many there are. Pure, and without copies of what is not asked for.

/** The values at some places, in the order of the places; NaN where there is none. The same array where those are all, as they stand. */
export function picked(values: Float64Array, places: readonly number[]): Float64Array {
  if (values.length === places.length && places.every((place, n) => place === n)) return values;
  const some = new Float64Array(places.length);
  for (let n = 0; n < places.length; n++) some[n] = values[places[n] as number] ?? Number.NaN;
  return some;
}

/** How many are there: neither NaN nor infinite. */
export function finiteIn(values: Float64Array): number {
  let finite = 0;
  for (let n = 0; n < values.length; n++) if (Number.isFinite(values[n])) finite++;
  return finite;
}
