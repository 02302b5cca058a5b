// What is forecast of one machine, by a bundle or from its own wear: shows it every row in which the machine runs, and keeps what was said last. A
// bundle is opened once it was vetted, and a row never waits for that; a machine of which nothing is forecast costs nothing.
import type { Forecast, LifeForecast } from "@millwright/contract/forecast";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import { counted } from "@millwright/kit/counted";
import { messageOf } from "@millwright/kit/fault";
import type { PrognosisDrift } from "@millwright/models/decisions/prognosis-drift";
import { noForecast } from "@millwright/models/prognosis/life-forecast";
import { WearForecast, type WearSnapshot } from "@millwright/models/prognosis/wear-forecast";
import type { AgentState } from "./baselines/agent-state.ts";
import type { ResolvedBundlePrognosis, ResolvedPrognosis, ResolvedWear } from "./config/resolved-config.ts";
import type { SayEvent } from "./events.ts";
import { type MachinePrognosis, openMachinePrognosis, type SavedCycles } from "./inference/machine-prognosis.ts";
import type { ModelRunner } from "./inference/model-runner.ts";

export type ForecastKeeperOptions = {
  machine: string;
  key: string;
  /** null: nothing is forecast. */
  prognosis: { config: ResolvedPrognosis; models: ModelRunner; agentState: AgentState } | null;
  /** All points of the machine, in the order of its rows. */
  names: readonly string[];
  periodMs: number;
  say: SayEvent;
  /** What is to be recorded of a bundle: it may not be used, or an older one is used on purpose. */
  onNews: (event: "model_refused" | "model_rolled_back", severity: "warning" | "error", text: string) => void;
};

/** A score of so much is critical (`thresholds.critical` of what is learned on the box). */
const criticalScore = 3;

/** Of the bundle with this id. */
export type NamedDrift = { readonly id: string; readonly drift: PrognosisDrift };

type Row = { atMs: number; wallMs: number; values: ArrayLike<number>; isRunning: boolean; score: number | UnavailableReason };
type Kept = SavedCycles | { wear: WearSnapshot; of: string };
type Saved = { kept: Kept; last: Forecast | null };
/** What a bundle and the machine's own wear have in common. */
type Source = {
  readonly drift: NamedDrift | null;
  readonly saved: Kept;
  catchUp(values: ArrayLike<number>): void;
  row(row: Row): Promise<LifeForecast | null> | LifeForecast | null;
};

/** Rows that are kept while a bundle is vetted and opened (a second or so, and minutes where a box has hundreds); those after them are not counted. */
const mostWaiting = 300;

const none = noForecast("no_prognosis_model");

export class ForecastKeeper {
  readonly #o: ForecastKeeperOptions;
  #source: Source | null = null;
  #saved: Saved | null = null;
  #last: Forecast | null = null;
  #isRefused = false;
  #waiting: Float64Array[] = [];

  constructor(options: ForecastKeeperOptions) {
    this.#o = options;
  }

  /** The newest one; null where nothing is forecast of this machine, or nothing was yet. */
  get forecast(): Forecast | null {
    return this.#last;
  }

  /** For the nightly report; null where no bundle is open, or it keeps nothing to compare with. */
  get drift(): NamedDrift | null {
    return this.#source?.drift ?? null;
  }

  /** What is to be kept over a restart; null where there is nothing. */
  get json(): string | null {
    const now: Saved | null = this.#source === null ? this.#saved : { kept: this.#source.saved, last: this.#last };
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
    const { prognosis, machine, say, onNews } = this.#o;
    if (prognosis === null) return;
    const { config, models, agentState } = prognosis;
    if (config.kind === "wear") {
      this.#source ??= this.#wear(config);
      return;
    }
    if (!(await models.prepare(config.dir))) return;
    try {
      this.#source = await this.#bundle(config, models, agentState);
      this.#isRefused = false;
      for (const values of this.#waiting) this.#source.catchUp(values);
    } catch (error) {
      this.#source = null;
      this.#isRefused = true;
      const text = `The prognosis is refused; there is no forecast of remaining life. ${messageOf(error)}`;
      say({ event: "prognosis", machine, text });
      onNews("model_refused", "error", text);
    }
    this.#waiting = [];
  }

  /** What is to be said of the machine with this row. While it stands still, what was said last. Never rejects. */
  row(row: Row): Promise<LifeForecast> | LifeForecast {
    return this.#o.prognosis === null ? none : this.#foretell(row);
  }

  async #foretell(row: Row): Promise<LifeForecast> {
    const isWaiting = this.#source === null && !this.#isRefused;
    if (isWaiting && row.isRunning && this.#waiting.length < mostWaiting) this.#waiting.push(Float64Array.from(row.values));
    const found = this.#source === null ? this.#whyClosed() : row.isRunning ? await this.#source.row(row) : null;
    if (found !== null) this.#last = { wall_ms: row.wallMs, ...found };
    return this.#last ?? noForecast("warming_up");
  }

  /** The machine was serviced: its life begins anew. */
  beginAnew(): Promise<void> {
    this.#source = null;
    this.#saved = null;
    this.#last = null;
    this.#waiting = [];
    return this.open();
  }

  #whyClosed(): LifeForecast | null {
    return this.#isRefused ? noForecast("model_refused") : null;
  }

  async #bundle(config: ResolvedBundlePrognosis, models: ModelRunner, agentState: AgentState): Promise<Source> {
    const { key: machineKey, names, periodMs, machine, say, onNews } = this.#o;
    // Opened again after its thread was replaced, it goes on with the cycles that run, not with those that were saved.
    const saved = (): SavedCycles | null => {
      const kept = this.#source?.saved ?? this.#saved?.kept;
      return kept !== undefined && "features" in kept ? kept : null;
    };
    const key = `${machineKey}#prognosis`;
    const opened: MachinePrognosis = await openMachinePrognosis({ models, agentState, config, key, names, periodMs, saved });
    if (opened.rolledBack !== null) {
      say({ event: "model_rolled_back", machine, text: opened.rolledBack });
      onNews("model_rolled_back", "warning", opened.rolledBack);
    }
    const from = opened.cycle === 0 ? "counted from now on: it must be as good as new" : `which has run ${counted(opened.cycle, "cycle")}`;
    say({ event: "prognosis", machine, text: `remaining life is forecast by ${opened.manifest.id}, ${from}` });
    return {
      drift: opened.drift === null ? null : { id: opened.manifest.id, drift: opened.drift },
      get saved() {
        return opened.saved;
      },
      catchUp: opened.catchUp,
      row: ({ atMs, values }) => opened.row(atMs, values),
    };
  }

  #wear({ of, limit, horizonsMs, load }: ResolvedWear): Source {
    const { names, periodMs, machine, say } = this.#o;
    const kept = this.#saved?.kept;
    // What was gathered of another signal, or over another kind of time, is of no use.
    const signature = [of, load?.point, load?.exponent].join(" ");
    const snapshot = kept !== undefined && "wear" in kept && kept.of === signature ? kept.wear : undefined;
    const wear = new WearForecast({ limit: limit ?? criticalScore, periodMs, horizonsMs, load: load ?? null }, snapshot);
    const [place, loadPlace] = [names.indexOf(of), names.indexOf(load?.point ?? "")];
    say({ event: "prognosis", machine, text: `its wear is followed by ${of} towards ${limit ?? criticalScore}; uncalibrated` });
    const figureOf = ({ values, score }: Row): number =>
      of === "score" ? (typeof score === "number" ? score : Number.NaN) : (values[place] ?? Number.NaN);
    return {
      drift: null,
      get saved() {
        return { wear: wear.state, of: signature };
      },
      catchUp: () => {},
      row: (row) => wear.push(figureOf(row), row.values[loadPlace] ?? Number.NaN),
    };
  }
}
