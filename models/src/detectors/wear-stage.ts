// How far a bearing's wear has gone, from its vibration level: a warning is growth against its own quietest time, critical is also a level near the
// one at which bearings of the same duty ended. In: one positive level per snapshot. The past alone is used; memory is the last 60 snapshots.
import { medianOf } from "./statistics.ts";

/** Chosen on the open PRONOSTIA files, by leaving out one learning bearing after the other (docs/decisions/0013). */
const baselineSnapshots = 60;
const smoothedSnapshots = 5;
const persistentSnapshots = 3;
const warningGrowth = 1.5;
const criticalGrowth = 2;
const shareOfLateLevel = 0.85;
const lateLife: readonly [number, number] = [0.96, 0.99];

/** @param lives levels of bearings of one duty, each from new to failed @returns the critical level; null: nothing to learn from */
export function learnCriticalLevel(lives: readonly (readonly number[])[]): number | null {
  if (lives.length === 0) return null;
  const logs = lives.map((life) =>
    Math.log(medianOf(life.slice(Math.floor(life.length * lateLife[0]), Math.ceil(life.length * lateLife[1])))),
  );
  return shareOfLateLevel * Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

export type WearStageVerdict = {
  /** Level now over the quietest of its own past; null in the first 60 snapshots. */
  readonly growth: number | null;
  readonly stage: "normal" | "warning" | "critical";
};

export class WearStage {
  readonly #criticalLevel: number | null;
  readonly #recent: number[] = [];
  #quietest = Number.POSITIVE_INFINITY;
  #seen = 0;
  #warningRun = 0;
  #criticalRun = 0;

  /** @param criticalLevel of learnCriticalLevel; null: warnings only */
  constructor(criticalLevel: number | null) {
    this.#criticalLevel = criticalLevel;
  }

  /** @param level positive; another figure is passed over */
  push(level: number): WearStageVerdict {
    if (!(level > 0 && Number.isFinite(level))) return { growth: null, stage: "normal" };
    this.#recent.push(level);
    if (this.#recent.length > baselineSnapshots) this.#recent.shift();
    if (this.#seen++ % 20 === 0 && this.#recent.length === baselineSnapshots)
      this.#quietest = Math.min(this.#quietest, medianOf(this.#recent));
    if (this.#quietest === Number.POSITIVE_INFINITY) return { growth: null, stage: "normal" };
    const now = medianOf(this.#recent.slice(-smoothedSnapshots));
    const growth = now / this.#quietest;
    const isCritical = this.#criticalLevel !== null && growth > criticalGrowth && now > this.#criticalLevel;
    this.#warningRun = growth > warningGrowth ? this.#warningRun + 1 : 0;
    this.#criticalRun = isCritical ? this.#criticalRun + 1 : 0;
    if (this.#criticalRun >= persistentSnapshots) return { growth, stage: "critical" };
    return { growth, stage: this.#warningRun >= persistentSnapshots ? "warning" : "normal" };
  }
}
