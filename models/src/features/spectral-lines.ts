// Whether a spectrum has a line where one is expected: how high it stands over the floor around it. In: power per line. Out: the finder's own fields,
// overwritten by the next search. Pure; buffers are made once.

/** Lines around the expected one, to each side, of which the floor is the median. */
const floorLines = 24;
/** Through a Hann window a tone spreads over so many lines to each side; as many at zero are no signal. */
const lobeLines = 2;

export class LineFinder {
  /** Where the highest line in reach stands, between lines by a parabola through its logarithm; NaN where the spectrum cannot tell. */
  hz = Number.NaN;
  /** Over the floor, dB; NaN where the spectrum cannot tell. */
  heightDb = Number.NaN;
  /** Mean square of the line, in the spectrum's unit. */
  meanSquare = Number.NaN;
  readonly #floor = new Float64Array(2 * floorLines);

  /**
   * @param power per line, line 0 at 0 Hz, through a Hann window @param lineHz between lines
   * @param expectedHz @param toleranceHz to each side; never less than a line and a half
   */
  find(power: Float64Array, lineHz: number, expectedHz: number, toleranceHz: number): void {
    const at = expectedHz / lineHz;
    const reach = Math.max(1.5, toleranceHz / lineHz);
    const [from, to] = [Math.ceil(at - reach), Math.floor(at + reach)];
    this.hz = Number.NaN;
    this.heightDb = Number.NaN;
    this.meanSquare = Number.NaN;
    if (!(from > lobeLines && to < power.length - 1)) return;
    let top = from;
    for (let k = from + 1; k <= to; k++) if ((power[k] as number) > (power[top] as number)) top = k;
    const floor = this.#floorAround(power, from, to);
    const peak = power[top] as number;
    if (!(floor > 0 && peak > 0)) return;
    this.hz = (top + vertex(power, top)) * lineHz;
    this.heightDb = 10 * Math.log10(peak / floor);
    // The Hann window's lobe holds 1.5 times the power of the tone.
    this.meanSquare = ((power[top - 1] as number) + peak + (power[top + 1] as number)) / 1.5;
  }

  // What lies within reach, and the lobe of a tone at its edge, is left out.
  #floorAround(power: Float64Array, from: number, to: number): number {
    let count = 0;
    for (let k = from - lobeLines - 1; k > lobeLines && k >= from - lobeLines - floorLines; k--) this.#floor[count++] = power[k] as number;
    const end = Math.min(power.length - 1, to + lobeLines + floorLines);
    for (let k = to + lobeLines + 1; k <= end; k++) this.#floor[count++] = power[k] as number;
    if (count < floorLines / 2) return Number.NaN;
    return medianOf(this.#floor, count);
  }
}

// −0.5…0.5: where between the lines the top is.
function vertex(power: Float64Array, top: number): number {
  const [left, mid, right] = [power[top - 1] as number, power[top] as number, power[top + 1] as number];
  if (!(left > 0 && right > 0) || left > mid || right > mid) return 0;
  const [a, b, c] = [Math.log(left), Math.log(mid), Math.log(right)];
  const bend = a - 2 * b + c;
  return bend < 0 ? (a - c) / (2 * bend) : 0;
}

// By selection, in place: no allocation and no full sort (C. A. R. Hoare, Algorithm 65: find, CACM 4, 1961).
function medianOf(values: Float64Array, count: number): number {
  const wanted = count >> 1;
  let [low, high] = [0, count - 1];
  while (low < high) {
    const pivot = values[wanted] as number;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((values[i] as number) < pivot) i++;
      while ((values[j] as number) > pivot) j--;
      if (i > j) break;
      const swap = values[i] as number;
      values[i++] = values[j] as number;
      values[j--] = swap;
    }
    if (j < wanted) low = i;
    if (i > wanted) high = j;
  }
  return values[wanted] as number;
}
