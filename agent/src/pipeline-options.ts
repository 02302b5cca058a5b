// What the pipeline of one machine needs: the machine, its rules, and the parts of the agent it works with.
import type { MachineRef } from "@millwright/contract/names";
import type { Clock } from "@millwright/kit/clock";
import type { LimitRule } from "@millwright/models/decisions/absolute-limits";
import type { ZoneRule } from "@millwright/models/decisions/vibration-zone";
import type { SayEvent } from "./events.ts";
import type { ModelLife } from "./model-life.ts";
import type { Outbox } from "./outbox/outbox.ts";
import type { MachinePoint } from "./row-records.ts";
import type { RunningRule } from "./samples/running-gate.ts";

export type PipelineOptions = {
  machine: MachineRef;
  key: string;
  /** All points of the machine, in the order of its rows; models see the measurements. */
  points: readonly MachinePoint[];
  rules: readonly LimitRule[];
  /** Points that a vibration standard judges. */
  zones: readonly ZoneRule[];
  /** When it runs; null: always. */
  running: RunningRule | null;
  periodMs: number;
  wantedRows: number;
  /** Whether it learns by itself, or was given a bundle. */
  learns: boolean;
  configRevision: string;
  life: ModelLife;
  outbox: Outbox;
  clock: Clock;
  say: SayEvent;
  /** Phase or readiness changed: the state message should be published again. */
  onStatus: () => void;
};
