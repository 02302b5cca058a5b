// How far a bearing's wear has gone, from the levels of its middle bands (1–3 and 3–6 kHz of each accelerometer): the geometric mean of their growth,
// each against its own quietest time. PRONOSTIA's learning bearings get louder above 6 kHz, and quiet again, long before their end, and below 1 kHz
// some of them rise in the first quarter of life and others in the last percent; the middle bands stay quiet until the end is near.
// In: one positive level per band and snapshot. The past alone is used; memory is the last 60 snapshots.
import { medianOf } from "./statistics.ts";

/** Chosen by leaving out one learning bearing of PRONOSTIA after the other (docs/decisions/0013). */
const baselineSnapshots = 60;
const smoothedSnapshots = 7;
const persistentSnapshots = 3;
const warningGrowth = 1.2;
/** What `learnCriticalGrowth` makes of those six bearings, rounded: for a bearing nobody has lessons for. */
export const usualCriticalGrowth = 1.6;

export type WearStageVerdict = {
  /** Level now over the quietest of its own past, mean of the bands; null in the first 60 snapshots and for a bad snapshot. */
  readonly growth: number | null;
  /** A bad snapshot leaves it as it was. */
  readonly stage: "normal" | "warning" | "critical";
};

/** Plain JSON, logarithms. */
export type WearStageState = {
  readonly recent: readonly (readonly number[])[];
  readonly quietest: readonly number[];
  readonly warningRun: number;
  readonly criticalRun: number;
};

export class WearStage {
  readonly #criticalGrowth: number;
  readonly #recent: (readonly number[])[];
  #quietest: readonly number[];
  #warningRun: number;
  #criticalRun: number;

  /** @param state of an earlier one of as many bands */
  constructor(
    criticalGrowth: number = usualCriticalGrowth,
    state: WearStageState = { recent: [], quietest: [], warningRun: 0, criticalRun: 0 },
  ) {
    this.#criticalGrowth = criticalGrowth;
    this.#recent = [...state.recent];
    this.#quietest = state.quietest;
    this.#warningRun = state.warningRun;
    this.#criticalRun = state.criticalRun;
  }

  get state(): WearStageState {
    return {
      recent: [...this.#recent],
      quietest: [...this.#quietest],
      warningRun: this.#warningRun,
      criticalRun: this.#criticalRun,
    };
  }

  /** The level each band is measured from, as it came in; empty before there is one. */
  get quietest(): readonly number[] {
    return this.#quietest.map(Math.exp);
  }

  /** @param levels one positive figure per band, always as many; a snapshot with another figure in it (0, NaN) is passed over */
  push(levels: readonly number[]): WearStageVerdict {
    if (!levels.every((level) => level > 0 && Number.isFinite(level))) return { growth: null, stage: this.#stage() };
    this.#recent.push(levels.map(Math.log));
    if (this.#recent.length > baselineSnapshots) this.#recent.shift();
    if (this.#recent.length < baselineSnapshots) return { growth: null, stage: "normal" };
    const overBands = (rows: readonly (readonly number[])[]): number[] =>
      levels.map((_, band) => medianOf(rows.map((row) => row[band] as number)));
    this.#quietest = overBands(this.#recent).map((level, band) => Math.min(level, this.#quietest[band] ?? level));
    const now = overBands(this.#recent.slice(-smoothedSnapshots));
    const rise = now.reduce((sum, level, band) => sum + level - (this.#quietest[band] as number), 0) / now.length;
    const growth = Math.exp(rise);
    this.#warningRun = growth > warningGrowth ? this.#warningRun + 1 : 0;
    this.#criticalRun = growth > this.#criticalGrowth ? this.#criticalRun + 1 : 0;
    return { growth, stage: this.#stage() };
  }

  #stage(): WearStageVerdict["stage"] {
    if (this.#criticalRun >= persistentSnapshots) return "critical";
    return this.#warningRun >= persistentSnapshots ? "warning" : "normal";
  }
}

/** Percent of its life a bearing should have left when it is first called critical: enough to act, little enough to be worth it. */
const wantedLifeLeft: readonly [number, number] = [2, 40];
const tries = Array.from({ length: 121 }, (_, i) => 1.2 * (4 / 1.2) ** (i / 120));

/**
 * The middle (of the logarithms) of the widest range of limits that call most of the lives critical in time: of limits that do equally well on few
 * lives, the one furthest from failing.
 * @param lives growth at every snapshot of bearings from new to failed, as `WearStage.push` gave it
 * @returns `usualCriticalGrowth` where there are no lives
 */
export function learnCriticalGrowth(lives: readonly (readonly (number | null)[])[]): number {
  if (lives.length === 0) return usualCriticalGrowth;
  const hits = tries.map((limit) => lives.filter((life) => isInTime(life, limit)).length);
  const most = Math.max(...hits);
  let widest: readonly [number, number] = [0, -1];
  let from = 0;
  for (const [i, count] of hits.entries()) {
    if (count < most) from = i + 1;
    else if (i - from > widest[1] - widest[0]) widest = [from, i];
  }
  return Math.sqrt((tries[widest[0]] as number) * (tries[widest[1]] as number));
}

function isInTime(life: readonly (number | null)[], limit: number): boolean {
  let run = 0;
  const first = life.findIndex((growth) => {
    run = growth !== null && growth > limit ? run + 1 : 0;
    return run >= persistentSnapshots;
  });
  const left = (100 * (life.length - 1 - first)) / life.length;
  return first >= 0 && left >= wantedLifeLeft[0] && left <= wantedLifeLeft[1];
}
