// What a detector of a few lines reaches on the benchmark, so that ours can be read beside it.
import { Refractory } from "../detectors/refractory.ts";
import { noveltySettings } from "../settings.ts";

/** How far each value is from the mean of all before it, in their standard deviations; with the same pause after an event as ours. */
export function distanceFromMean(values: readonly number[]): Float64Array {
  const refractory = new Refractory(noveltySettings);
  let [count, mean, squares] = [0, 0, 0];
  return Float64Array.from(values, (value) => {
    if (!Number.isFinite(value)) return 0;
    const spread = Math.sqrt(squares / Math.max(1, count));
    const distance = spread === 0 ? 0 : Math.abs(value - mean) / spread;
    count += 1;
    const step = value - mean;
    mean += step / count;
    squares += step * (value - mean);
    return refractory.push(distance);
  });
}

/** An alarm every hundred rows, whatever happens. */
export const everyHundredRows = (values: readonly number[]): Float64Array => Float64Array.from(values, (_, row) => Number(row % 100 === 0));
