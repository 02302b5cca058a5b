// The discrete Fourier transform of complex values (Cooley and Tukey, radix 2), in place. In: values placed with `put`. Out: `re` and `im`, in order,
// unscaled. Tables and buffers are made once.

export class ComplexTransform {
  readonly length: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Where value i has to be put. */
  readonly order: Uint32Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  /** @param length values; a power of two, 2 or more @throws RangeError */
  constructor(length: number) {
    if (length < 2 || !Number.isInteger(Math.log2(length)))
      throw new RangeError(`a transform of ${length} values; give a power of two, 2 or more`);
    this.length = length;
    this.re = new Float64Array(length);
    this.im = new Float64Array(length);
    this.order = new Uint32Array(length);
    for (let i = 1; i < length; i++) this.order[i] = ((this.order[i >> 1] as number) >> 1) | (i & 1 ? length >> 1 : 0);
    this.#cos = Float64Array.from({ length: length / 2 }, (_, k) => Math.cos((-2 * Math.PI * k) / length));
    this.#sin = Float64Array.from({ length: length / 2 }, (_, k) => Math.sin((-2 * Math.PI * k) / length));
  }

  /** Transforms what was put. Every value has to be put anew before the next run. */
  run(): void {
    const { length, re, im } = this;
    const [cos, sin] = [this.#cos, this.#sin];
    for (let size = 1; size < length; size *= 2) {
      const step = length / (2 * size);
      for (let k = 0; k < size; k++) {
        const wr = cos[k * step] as number;
        const wi = sin[k * step] as number;
        for (let i = k; i < length; i += 2 * size) {
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
