// What is forecast of one machine: opens its prognosis once it was vetted, shows it every row in which the machine runs, and keeps what it said last.
// A row never waits for vetting; a machine without a prognosis costs nothing.
import type { Forecast, LifeForecast } from "@millwright/contract/forecast";
import { messageOf } from "@millwright/kit/fault";
import { noForecast } from "@millwright/models/prognosis/life-forecast";
import type { ResolvedPrognosis } from "./config/resolved-config.ts";
import type { SayEvent } from "./events.ts";
import { type MachinePrognosis, openMachinePrognosis, type SavedCycles } from "./inference/machine-prognosis.ts";
import type { ModelRunner } from "./inference/model-runner.ts";

export type ForecastKeeperOptions = {
  machine: string;
  key: string;
  /** null: nothing is forecast. */
  prognosis: { config: ResolvedPrognosis; models: ModelRunner } | null;
  /** All points of the machine, in the order of its rows. */
  names: readonly string[];
  periodMs: number;
  say: SayEvent;
  /** A prognosis that may not be used: to be recorded. */
  onRefused: (text: string) => void;
};

type Saved = SavedCycles & { last: Forecast | null };
type Row = { atMs: number; wallMs: number; values: ArrayLike<number>; isRunning: boolean };

const none = noForecast("no_prognosis_model");

export class ForecastKeeper {
  readonly #o: ForecastKeeperOptions;
  #prognosis: MachinePrognosis | null = null;
  #saved: Saved | null = null;
  #last: Forecast | null = null;
  #isRefused = false;

  constructor(options: ForecastKeeperOptions) {
    this.#o = options;
  }

  /** The newest one; null where nothing is forecast of this machine, or nothing was yet. */
  get forecast(): Forecast | null {
    return this.#last;
  }

  /** What is to be kept over a restart; null where there is nothing. */
  get json(): string | null {
    const now: Saved | null = this.#prognosis === null ? this.#saved : { ...this.#prognosis.saved, last: this.#last };
    return now === null ? null : JSON.stringify(now);
  }

  /** @param json what was kept */
  restore(json: string | null): void {
    if (json === null || this.#o.prognosis === null) return;
    this.#saved = JSON.parse(json) as Saved;
    this.#last = this.#saved.last;
  }

  /** The agent begins, or its model worker was replaced. Resolves when it is open, or refused; never rejects. */
  async open(): Promise<void> {
    const { prognosis, key, names, periodMs, machine, say, onRefused } = this.#o;
    if (prognosis === null) return;
    if (!(await prognosis.models.prepare(prognosis.config.dir))) return;
    // Opened again after its thread was replaced, it goes on with the cycles that run, not with those that were saved.
    const saved = () => this.#prognosis?.saved ?? this.#saved;
    try {
      this.#prognosis = await openMachinePrognosis({ ...prognosis, key: `${key}#prognosis`, names, periodMs, saved });
      this.#isRefused = false;
      const { manifest, cycle } = this.#prognosis;
      const from = cycle === 0 ? "counted from now on: it must be as good as new" : `which has run ${cycle} cycles`;
      say({ event: "prognosis", machine, text: `remaining life is forecast by ${manifest.id}, ${from}` });
    } catch (error) {
      this.#prognosis = null;
      this.#isRefused = true;
      const text = `The prognosis is refused; there is no forecast of remaining life. ${messageOf(error)}`;
      say({ event: "prognosis", machine, text });
      onRefused(text);
    }
  }

  /** What is to be said of the machine with this row. While it stands still, what was said last. Never rejects. */
  async row({ atMs, wallMs, values, isRunning }: Row): Promise<LifeForecast> {
    if (this.#o.prognosis === null) return none;
    const found = await this.#ofRow(atMs, values, isRunning);
    if (found !== null) this.#last = { wall_ms: wallMs, ...found };
    return this.#last ?? noForecast("warming_up");
  }

  /** The machine was serviced: its life begins anew. */
  beginAnew(): Promise<void> {
    this.#prognosis = null;
    this.#saved = null;
    this.#last = null;
    return this.open();
  }

  async #ofRow(atMs: number, values: ArrayLike<number>, isRunning: boolean): Promise<LifeForecast | null> {
    if (this.#prognosis === null) return this.#isRefused ? noForecast("model_refused") : null;
    return isRunning ? this.#prognosis.row(atMs, values) : null;
  }
}
