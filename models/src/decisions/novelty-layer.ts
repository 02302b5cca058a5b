// Single registers watched for values they never had, or not at this time of day (detectors/register-novelty). In: rows of a machine that runs. Out:
// the level of the layer and what is new. An event stands for as long as it keeps others silent; one that is clear enough for the budget of false
// alarms is a warning, another a watch. Says nothing before it has seen enough rows and days. Bounded: 1 MB a register.
import { inWords } from "../detectors/readiness.ts";
import { type Novelty, type NoveltySnapshot, RegisterNovelty } from "../detectors/register-novelty.ts";
import { RowMeans } from "../features/row-means.ts";
import { noveltyLayerSettings, noveltySettings } from "../settings.ts";
import type { LayerLevel } from "./combine-layers.ts";

export type NoveltyFinding = {
  readonly point: string;
  readonly level: LayerLevel;
  /** Of the event; 1 is the watch limit. */
  readonly score: number;
  readonly now: number;
  /** What it is otherwise; NaN: not known. */
  readonly usual: number;
  readonly reason: Novelty["reason"];
};

export type NoveltyOutput = { readonly level: LayerLevel; readonly findings: readonly NoveltyFinding[] };

/** Plain data; `register` is large. */
export type WatchSnapshot = {
  readonly register: NoveltySnapshot;
  readonly rows: number;
  readonly sinceMs: number;
  readonly lastMs: number;
  readonly event: NoveltyEvent | null;
};
type NoveltyEvent = Omit<NoveltyFinding, "point"> & { readonly rowsLeft: number };

export type NoveltyLayerOptions = {
  /** In the order of the rows' values. */
  readonly points: readonly string[];
  /** Between rows of the machine. */
  readonly periodMs: number;
  /** Good rows before anything is said. */
  readonly learnRows: number;
  /** Of an earlier layer with the same points and period. */
  readonly snapshot?: readonly WatchSnapshot[] | undefined;
};

/** Rows taken by the layer are this far apart. */
export const noveltyPeriodMs = (periodMs: number): number => Math.max(periodMs, noveltyLayerSettings.leastPeriodMs);

export class NoveltyLayer {
  readonly #options: NoveltyLayerOptions;
  readonly #means: RowMeans;
  readonly #watches: readonly RegisterWatch[];

  constructor(options: NoveltyLayerOptions) {
    const { points, periodMs, learnRows, snapshot } = options;
    const everyMs = noveltyPeriodMs(periodMs);
    this.#options = options;
    this.#means = new RowMeans({ width: points.length, periodMs, everyMs });
    // As many registers have as many false alarms: a warning takes more, so that all together keep the budget of one.
    const warning = noveltyLayerSettings.warningScore * Math.sqrt(points.length);
    this.#watches = points.map((_, i) => new RegisterWatch({ periodMs: everyMs, learnRows, warning }, snapshot?.[i]));
  }

  /** @returns what is to be given to `take`; null while a minute of rows is gathered */
  gather(atMs: number, values: ArrayLike<number>): Float64Array | null {
    return this.#means.push(atMs, values);
  }

  /** @param values as `gather` gave them */
  take(atMs: number, values: ArrayLike<number>): void {
    for (const [i, watch] of this.#watches.entries()) watch.push(atMs, values[i] as number);
  }

  get output(): NoveltyOutput {
    const findings = this.#watches.flatMap(({ event }, i): NoveltyFinding[] => {
      if (event === null) return [];
      const { rowsLeft: _, ...finding } = event;
      return [{ point: this.#options.points[i] as string, ...finding }];
    });
    findings.sort((a, b) => b.score - a.score);
    return { level: findings.some(({ level }) => level === "warning") ? "warning" : findings.length > 0 ? "watch" : "normal", findings };
  }

  /** Of the register that needs longest: 0…1, and what is missing in words; null: nothing. */
  get readiness(): { readonly fraction: number; readonly missing: string | null } {
    return this.#watches.map((watch) => watch.readiness).reduce((worst, one) => (one.fraction < worst.fraction ? one : worst));
  }

  snapshot(): WatchSnapshot[] {
    return this.#watches.map((watch) => watch.snapshot());
  }
}

type WatchOptions = { readonly periodMs: number; readonly learnRows: number; readonly warning: number };

class RegisterWatch {
  readonly #o: WatchOptions;
  readonly #register: RegisterNovelty;
  #rows: number;
  #sinceMs: number;
  #lastMs: number;
  event: NoveltyEvent | null;

  constructor(options: WatchOptions, snapshot?: WatchSnapshot) {
    this.#o = options;
    this.#register = new RegisterNovelty({ periodMs: options.periodMs, snapshot: snapshot?.register });
    this.#rows = snapshot?.rows ?? 0;
    this.#sinceMs = snapshot?.sinceMs ?? 0;
    this.#lastMs = snapshot?.lastMs ?? 0;
    this.event = snapshot?.event ?? null;
  }

  push(atMs: number, value: number): void {
    const judged = this.#register.push(atMs, value);
    if (judged === null) return;
    if (this.#rows === 0) this.#sinceMs = atMs;
    this.#rows += 1;
    this.#lastMs = atMs;
    this.event = this.#eventAfter(judged, value);
  }

  get readiness(): { fraction: number; missing: string | null } {
    const { learnRows, periodMs } = this.#o;
    const spanMs = this.#lastMs - this.#sinceMs;
    const rowsLeft = Math.max(0, learnRows - this.#rows);
    const leftMs = Math.max(rowsLeft * periodMs, noveltyLayerSettings.leastSpanMs - spanMs);
    if (leftMs <= 0) return { fraction: 1, missing: null };
    const fraction = Math.min(1, this.#rows / learnRows, spanMs / noveltyLayerSettings.leastSpanMs);
    return { fraction, missing: `${rowsLeft === 0 ? "" : `${rowsLeft} more good rows, `}about ${inWords(leftMs)} of running` };
  }

  snapshot(): WatchSnapshot {
    return { register: this.#register.snapshot(), rows: this.#rows, sinceMs: this.#sinceMs, lastMs: this.#lastMs, event: this.event };
  }

  #eventAfter({ score, reason, usual }: Novelty, now: number): NoveltyEvent | null {
    const before = this.event;
    if (score >= 1 && this.readiness.missing === null) {
      const level = score >= this.#o.warning || before?.level === "warning" ? "warning" : "watch";
      return { level, score, now, usual, reason, rowsLeft: noveltySettings.pauseRows };
    }
    return before === null || before.rowsLeft <= 1 ? null : { ...before, rowsLeft: before.rowsLeft - 1 };
  }
}
