// Thins out a score so that one event is one alarm whatever the threshold: after a row that spoke, a row within the pause speaks only when it
// scores `factor` times as much; every other row is silent (0).

export type RefractoryOptions = { readonly pauseRows: number; readonly factor: number };

/** Plain JSON. */
export type RefractoryState = { readonly quietRows: number; readonly lastScore: number };

export class Refractory {
  readonly #options: RefractoryOptions;
  #quietRows: number;
  #lastScore: number;

  /** @param state of an earlier one */
  constructor(options: RefractoryOptions, state: RefractoryState = { quietRows: options.pauseRows, lastScore: 0 }) {
    this.#options = options;
    this.#quietRows = state.quietRows;
    this.#lastScore = state.lastScore;
  }

  get state(): RefractoryState {
    return { quietRows: this.#quietRows, lastScore: this.#lastScore };
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
