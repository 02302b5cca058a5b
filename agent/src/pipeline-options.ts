// What the pipeline of one machine needs (the machine, its rules, and the parts of the agent it works with), and what it offers.
import type { Command } from "@millwright/contract/down-message";
import type { Forecast } from "@millwright/contract/forecast";
import type { MachineClass, MachineRef } from "@millwright/contract/names";
import type { Clock } from "@millwright/kit/clock";
import type { LimitRule } from "@millwright/models/decisions/absolute-limits";
import type { ZoneRule } from "@millwright/models/decisions/vibration-zone";
import type { WearRule } from "@millwright/models/decisions/wear-layer";
import type { SayEvent } from "./events.ts";
import type { ForecastKeeperOptions } from "./forecast-keeper.ts";
import type { LayerStatus } from "./learned-layer.ts";
import type { ModelLife } from "./model-life.ts";
import type { LastReport } from "./model-report.ts";
import type { DiskTrouble } from "./outbox/disk-trouble.ts";
import type { Outbox } from "./outbox/outbox.ts";
import type { LatestRow, PipelineStatus } from "./pipeline-status.ts";
import type { MachinePoint } from "./row-records.ts";
import type { MachineRow } from "./samples/machine-row.ts";
import type { RunningRule } from "./samples/running-gate.ts";
import type { StatesRule } from "./samples/state-gate.ts";

export type PipelineOptions = {
  machine: MachineRef;
  machineClass: MachineClass;
  /** It has a sensor with waveforms. */
  hasWaveforms: boolean;
  key: string;
  /** All points of the machine, in the order of its rows; models see the measurements. */
  points: readonly MachinePoint[];
  rules: readonly LimitRule[];
  /** Points that a vibration standard judges. */
  zones: readonly ZoneRule[];
  /** Bearings that are watched for wear. */
  wear: readonly WearRule[];
  /** Points that are watched each by itself. */
  novelty: readonly string[];
  /** When it runs; null: always. */
  running: RunningRule | null;
  /** Running states with a normal of their own each; null: it has one normal. */
  states: StatesRule | null;
  periodMs: number;
  /** To learn from; of each state. */
  wantedRows: number;
  /** From which age on learning the model again is proposed; null: never because of its age. */
  modelOldAfterMs: number | null;
  /** Whether it learns by itself, or was given a bundle. */
  learns: boolean;
  configRevision: string;
  /** The life of the model of one state; of null, where it has none. */
  lifeOf: (state: string | null) => ModelLife;
  /** Remaining life and risk of failure; null: nothing is forecast. */
  prognosis: ForecastKeeperOptions["prognosis"];
  outbox: Outbox;
  /** Of the box, for all its machines. */
  disk: DiskTrouble;
  clock: Clock;
  say: SayEvent;
  /** Phase or readiness changed, of the baseline or of a layer beside it: the state message should be published again. */
  onStatus: () => void;
};

export type Pipeline = {
  readonly status: PipelineStatus;
  /** Since this start; null before the first row. */
  readonly latest: LatestRow | null;
  /** The newest forecast; null where there is none. */
  readonly forecast: Forecast | null;
  /** Of the baseline that is learned or live; 0 for a given model. */
  readonly generation: number;
  /** Why the model may not be used; null where it may, or there is none yet. */
  readonly refusal: string | null;
  /** How far the layers are that learn beside the baseline. */
  readonly layers: { readonly status: readonly LayerStatus[] };
  /** The running state it is in; null where it is in none, or has none. */
  readonly state: string | null;
  readonly rows: number;
  /** Good values among them. */
  readonly samples: number;
  take(row: MachineRow): void;
  command(command: Command): Promise<void>;
  /** The nightly report on its model, as an event; none while there is no model, or no row came since the last one. */
  reportModel(): Promise<void>;
  /** The last one on this baseline; null before it. */
  readonly report: LastReport | null;
  /** The model worker was replaced: the model is opened again. */
  reopenModel(): void;
  /** Everything taken so far is durable. */
  idle(): Promise<void>;
};
