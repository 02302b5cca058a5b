// The health index of a machine over its whole life, in bounded memory: means of blocks of equally many values. Where the blocks are full, two
// neighbours become one, and blocks are twice as long from then on. Pure.
import { prognosisSettings } from "../settings.ts";
import type { HealthPoint } from "./extrapolate-health.ts";

/** Plain JSON. `part`: the block that is not full. */
export type HealthSnapshot = {
  rowsPerBlock: number;
  blocks: { at: number; value: number }[];
  part: { rows: number; at: number; value: number };
};

const { blocks: most } = prognosisSettings.health;

export class HealthHistory {
  #state: HealthSnapshot;

  constructor(snapshot?: HealthSnapshot) {
    this.#state = snapshot === undefined ? { rowsPerBlock: 1, blocks: [], part: { ...noPart } } : structuredClone(snapshot);
  }

  /** @param at running time, rising @param value of the index; one that is not finite is passed over @returns whether a block was filled */
  push(at: number, value: number): boolean {
    if (!Number.isFinite(value)) return false;
    const state = this.#state;
    const rows = state.part.rows + 1;
    state.part = {
      rows,
      at: state.part.at + (at - state.part.at) / rows,
      value: state.part.value + (value - state.part.value) / rows,
    };
    if (rows < state.rowsPerBlock) return false;
    state.blocks.push({ at: state.part.at, value: state.part.value });
    state.part = { ...noPart };
    if (state.blocks.length >= most) this.#halve();
    return true;
  }

  /** Oldest first. */
  get points(): readonly HealthPoint[] {
    return this.#state.blocks;
  }

  /** To be written down at once: it changes with the next value. */
  get state(): HealthSnapshot {
    return this.#state;
  }

  #halve(): void {
    const { blocks, rowsPerBlock } = this.#state;
    const pairs = Array.from({ length: Math.floor(blocks.length / 2) }, (_, n) => {
      const [a, b] = [blocks[2 * n] as HealthPoint, blocks[2 * n + 1] as HealthPoint];
      return { at: (a.at + b.at) / 2, value: (a.value + b.value) / 2 };
    });
    this.#state = { rowsPerBlock: 2 * rowsPerBlock, blocks: pairs, part: { ...noPart } };
  }
}

const noPart = { rows: 0, at: 0, value: 0 };
