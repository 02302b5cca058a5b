// The spectrum of a window of real samples, by a complex transform of half its length. Tables and buffers are made once.
import { ComplexTransform } from "./complex-transform.ts";

export class RealSpectrum {
  /** Power per line, 0…n/2, so that their sum is the mean square of the window (Parseval). Overwritten by the next run, as are `re` and `im`. */
  readonly power: Float64Array;
  /** The lines themselves, divided by n: a tone of amplitude A has A/2. */
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly #transform: ComplexTransform;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  /** @param length samples of a window; a power of two, 4 or more @throws RangeError */
  constructor(length: number) {
    if (length < 4 || !Number.isInteger(Math.log2(length)))
      throw new RangeError(`a window of ${length} samples; give a power of two, 4 or more`);
    const half = length / 2;
    this.power = new Float64Array(half + 1);
    this.re = new Float64Array(half + 1);
    this.im = new Float64Array(half + 1);
    this.#transform = new ComplexTransform(half);
    this.#cos = Float64Array.from({ length: half + 1 }, (_, k) => Math.cos((-2 * Math.PI * k) / length));
    this.#sin = Float64Array.from({ length: half + 1 }, (_, k) => Math.sin((-2 * Math.PI * k) / length));
  }

  /** @param samples as many as planned @param mean taken off each */
  run(samples: ArrayLike<number>, mean: number): void {
    const { re, im, order, length: half } = this.#transform;
    for (let i = 0; i < half; i++) {
      const to = order[i] as number;
      re[to] = (samples[2 * i] as number) - mean;
      im[to] = (samples[2 * i + 1] as number) - mean;
    }
    this.#transform.run();
    const scale = 1 / (2 * half);
    for (let k = 0; k <= half; k++) {
      const [a, b] = [k % half, (half - k) % half];
      const evenRe = ((re[a] as number) + (re[b] as number)) / 2;
      const evenIm = ((im[a] as number) - (im[b] as number)) / 2;
      const oddRe = ((im[a] as number) + (im[b] as number)) / 2;
      const oddIm = ((re[b] as number) - (re[a] as number)) / 2;
      const lineRe = scale * (evenRe + oddRe * (this.#cos[k] as number) - oddIm * (this.#sin[k] as number));
      const lineIm = scale * (evenIm + oddRe * (this.#sin[k] as number) + oddIm * (this.#cos[k] as number));
      this.re[k] = lineRe;
      this.im[k] = lineIm;
      this.power[k] = (k === 0 || k === half ? 1 : 2) * (lineRe * lineRe + lineIm * lineIm);
    }
  }
}

/**
 * Power per line as through a Hann window, made of the lines without one (F. J. Harris, On the use of windows for harmonic analysis, Proc. IEEE 66
 * (1978)): a strong line does not hide the floor beside it. A tone on a line keeps its power there and has a quarter of it on each side.
 * @param last line up to which it is wanted @param out of at least last + 1 lines; line 0 is left at 0
 */
export function hannPower({ re, im }: Pick<RealSpectrum, "re" | "im">, last: number, out: Float64Array): void {
  out[0] = 0;
  const end = Math.min(last, re.length - 2);
  for (let k = 1; k <= end; k++) {
    const r = (re[k] as number) - ((re[k - 1] as number) + (re[k + 1] as number)) / 2;
    const i = (im[k] as number) - ((im[k - 1] as number) + (im[k + 1] as number)) / 2;
    out[k] = 2 * (r * r + i * i);
  }
  for (let k = end + 1; k <= last; k++) out[k] = 0;
}
