// The power spectrum of a window of real samples, by a complex transform of half its length (Cooley and Tukey, radix 2). Tables and buffers are made once.

export class RealSpectrum {
  /** Power per line, 0…n/2, so that their sum is the mean square of the window (Parseval). Overwritten by the next run. */
  readonly power: Float64Array;
  readonly #half: number;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #order: Uint32Array;

  /** @param length samples of a window; a power of two, 4 or more @throws RangeError */
  constructor(length: number) {
    if (length < 4 || !Number.isInteger(Math.log2(length)))
      throw new RangeError(`a window of ${length} samples; give a power of two, 4 or more`);
    const half = length / 2;
    this.#half = half;
    this.power = new Float64Array(half + 1);
    this.#re = new Float64Array(half);
    this.#im = new Float64Array(half);
    this.#cos = Float64Array.from({ length: half + 1 }, (_, k) => Math.cos((-2 * Math.PI * k) / length));
    this.#sin = Float64Array.from({ length: half + 1 }, (_, k) => Math.sin((-2 * Math.PI * k) / length));
    this.#order = new Uint32Array(half);
    for (let i = 1; i < half; i++) this.#order[i] = ((this.#order[i >> 1] as number) >> 1) | (i & 1 ? half >> 1 : 0);
  }

  /** @param samples as many as planned @param mean taken off each */
  run(samples: ArrayLike<number>, mean: number): void {
    const [half, re, im] = [this.#half, this.#re, this.#im];
    for (let i = 0; i < half; i++) {
      const to = this.#order[i] as number;
      re[to] = (samples[2 * i] as number) - mean;
      im[to] = (samples[2 * i + 1] as number) - mean;
    }
    this.#butterflies();
    const scale = 1 / (4 * half * half);
    for (let k = 0; k <= half; k++) {
      const [a, b] = [k % half, (half - k) % half];
      const evenRe = ((re[a] as number) + (re[b] as number)) / 2;
      const evenIm = ((im[a] as number) - (im[b] as number)) / 2;
      const oddRe = ((im[a] as number) + (im[b] as number)) / 2;
      const oddIm = ((re[b] as number) - (re[a] as number)) / 2;
      const lineRe = evenRe + oddRe * (this.#cos[k] as number) - oddIm * (this.#sin[k] as number);
      const lineIm = evenIm + oddRe * (this.#sin[k] as number) + oddIm * (this.#cos[k] as number);
      this.power[k] = (k === 0 || k === half ? 1 : 2) * scale * (lineRe * lineRe + lineIm * lineIm);
    }
  }

  #butterflies(): void {
    const [half, re, im, cos, sin] = [this.#half, this.#re, this.#im, this.#cos, this.#sin];
    for (let size = 1; size < half; size *= 2) {
      const step = half / size;
      for (let k = 0; k < size; k++) {
        const wr = cos[k * step] as number;
        const wi = sin[k * step] as number;
        for (let i = k; i < half; i += 2 * size) {
          const j = i + size;
          const tr = wr * (re[j] as number) - wi * (im[j] as number);
          const ti = wr * (im[j] as number) + wi * (re[j] as number);
          re[j] = (re[i] as number) - tr;
          im[j] = (im[i] as number) - ti;
          re[i] = (re[i] as number) + tr;
          im[i] = (im[i] as number) + ti;
        }
      }
    }
  }
}
