import type { LimitsOutput } from "@millwright/models/decisions/absolute-limits";
import type { ZonesOutput } from "@millwright/models/decisions/vibration-zone";
import type { Spoken } from "./learned-layer.ts";
import type { packRow } from "./learning-row.ts";
import type { Part } from "./machine-parts.ts";
import type { MachineRow } from "./samples/machine-row.ts";
import type { Judging } from "./samples/state-gate.ts";

/** A row, and what it says without its model. */
export type SeenRow = {
  readonly row: MachineRow;
  /** Whose model is to score it. */
  readonly part: Part;
  /** In the machine's own time. */
  readonly atMs: number;
  readonly isRunning: boolean;
  readonly judging: Judging;
  readonly isLearning: boolean;
  /** What is kept of it to learn from; null: nothing. */
  readonly learningRow: ReturnType<typeof packRow> | null;
  readonly goodShare: number;
  /** As the model wants them. */
  readonly values: Float64Array;
  readonly limits: LimitsOutput;
  readonly zones: ZonesOutput;
  readonly learned: readonly Spoken[];
};
