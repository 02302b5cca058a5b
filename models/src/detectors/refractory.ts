// Thins out a score so that one event is one alarm whatever the threshold: after a row that spoke, a row within the pause speaks only when it
// scores `factor` times as much; every other row is silent (0).

export type RefractoryOptions = { readonly pauseRows: number; readonly factor: number };

export class Refractory {
  readonly #options: RefractoryOptions;
  #quietRows: number;
  #lastScore = 0;

  constructor(options: RefractoryOptions) {
    this.#options = options;
    this.#quietRows = options.pauseRows;
  }

  /** @returns the score, or 0 */
  push(score: number): number {
    this.#quietRows += 1;
    const isPaused = this.#quietRows < this.#options.pauseRows;
    if (score <= 0 || (isPaused && score <= this.#options.factor * this.#lastScore)) return 0;
    this.#quietRows = 0;
    this.#lastScore = score;
    return score;
  }
}
