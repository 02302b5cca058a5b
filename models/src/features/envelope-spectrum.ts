// How the strength of a band of high frequencies swells and fades: its squared envelope's spectrum. A defect in a bearing strikes a resonance again and
// again, and the lines of this spectrum stand at how often. R. B. Randall and J. Antoni, Rolling element bearing diagnostics – a tutorial, MSSP 25
// (2011): band-pass by the spectrum's lines, one-sided (analytic) and shifted to zero, squared. In: the lines of a window. Out: power per line
// of the squared envelope, through a Hann window. Tables and buffers are made once.
import { ComplexTransform } from "./complex-transform.ts";
import { hannPower, RealSpectrum } from "./real-spectrum.ts";

export type EnvelopeOptions = {
  /** Samples of a window, a power of two; and Hz between its lines. */
  readonly length: number;
  readonly lineHz: number;
  /** The band whose envelope is taken, Hz. */
  readonly bandHz: readonly [number, number];
  /** Up to which the envelope's lines are wanted, Hz. */
  readonly maxHz: number;
};

export class EnvelopeSpectrum {
  /** Of the squared envelope, as far as it is free of aliasing; the same Hz between lines as in the window. Overwritten by the next run. */
  readonly power: Float64Array;
  readonly #from: number;
  readonly #width: number;
  readonly #band: ComplexTransform;
  readonly #squared: Float64Array;
  readonly #spectrum: RealSpectrum;

  /** @throws RangeError where the band has fewer than four lines */
  constructor({ length, lineHz, bandHz: [fromHz, toHz], maxHz }: EnvelopeOptions) {
    this.#from = Math.max(1, Math.ceil(fromHz / lineHz));
    this.#width = Math.min(length / 2, Math.floor(toHz / lineHz)) - this.#from;
    if (this.#width < 4)
      throw new RangeError(`an envelope of the band from ${fromHz} to ${toHz} Hz; give one of at least four lines of ${lineHz} Hz`);
    // The squared envelope of `width` lines has lines up to there, and what is sampled `size` times folds back at size − line.
    const wanted = Math.min(this.#width, Math.ceil(maxHz / lineHz));
    const size = 2 ** Math.ceil(Math.log2(Math.max(this.#width + wanted, 2 * wanted + 4)));
    this.#band = new ComplexTransform(size);
    this.#squared = new Float64Array(size);
    this.#spectrum = new RealSpectrum(size);
    this.power = new Float64Array(wanted + 1);
  }

  run({ re, im }: Pick<RealSpectrum, "re" | "im">): void {
    const { order, length: size, re: toRe, im: toIm } = this.#band;
    for (let i = 0; i < size; i++) {
      const to = order[i] as number;
      const line = this.#from + i;
      const isInBand = i < this.#width;
      toRe[to] = isInBand ? (re[line] as number) : 0;
      toIm[to] = isInBand ? (im[line] as number) : 0;
    }
    // Forward instead of back: the envelope runs backwards in time, and its power is the same.
    this.#band.run();
    let mean = 0;
    for (let i = 0; i < size; i++) {
      const square = 4 * ((toRe[i] as number) ** 2 + (toIm[i] as number) ** 2);
      this.#squared[i] = square;
      mean += square / size;
    }
    this.#spectrum.run(this.#squared, mean);
    hannPower(this.#spectrum, this.power.length - 1, this.power);
  }
}
