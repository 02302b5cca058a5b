// What one machine's flow remembers, and how it is kept: every commit of records takes with it the state that made them, but that of a calm row,
// which differs from the one before only in where it stands, goes every few seconds. The feature stream, most of the state, is saved more rarely
// still; the last nightly report stands beside it.
import { performance } from "node:perf_hooks";
import { isCalm, type MachineState } from "./baselines/machine-state.ts";
import { DriftWatch } from "./drift-watch.ts";
import type { ModelLife } from "./model-life.ts";
import type { LastReport } from "./model-report.ts";
import { type MachineCommits, machineCommits } from "./outbox/machine-commits.ts";
import type { Outbox, OutboxCommit, UnsentRecord } from "./outbox/outbox.ts";
import type { Running } from "./samples/running-gate.ts";

/** Real ms between two saves of a calm machine's state: with every row it would be half of what is written to the disk. */
const calmStateEveryMs = 10_000;
/**
 * Real ms between two saves of a feature stream while nothing happens: it is most of a machine's state, and would wear an SD card out with every
 * row. After a kill it begins its running means anew, as after any gap of a few rows; what is slow in it (where the machine was re-centred, the
 * counts of the drift report) goes on from there.
 */
const streamEveryMs = 60_000;
const streamKey = (key: string): string => `${key}#stream`;
const reportKey = (key: string): string => `${key}#report`;
const forecastKey = (key: string): string => `${key}#forecast`;

const isTelemetry = ({ kind }: UnsentRecord): boolean => kind === "telemetry";

type Calm = Running | "always running";
const calmOf = (state: MachineState): Calm | null => (isCalm(state) ? (state.running?.now ?? "always running") : null);

export type SavedMachineOptions = {
  key: string;
  outbox: Outbox;
  life: ModelLife;
  onTrouble: (detail: string) => void;
  /** What the forecast keeps over a restart, as JSON; saved with the feature stream. null: nothing. */
  forecast: { readonly json: string | null; restore(json: string | null): void };
};

export class SavedMachine {
  /** Goes with the next commit. */
  state: MachineState;
  report: LastReport | null = null;
  readonly drift: DriftWatch;
  readonly #o: SavedMachineOptions;
  readonly #commits: MachineCommits;
  #streamDueMs = 0;
  #stateDueMs = 0;
  /** What was committed since they were saved is not in them yet. */
  #isStreamAhead = false;
  #isStateAhead = false;
  /** What the saved state is calm in; null where it is not. */
  #savedCalm: Calm | null = null;

  /** @param fresh the state of a machine of which nothing was saved */
  constructor(options: SavedMachineOptions, fresh: MachineState) {
    this.#o = options;
    this.#commits = machineCommits({ outbox: options.outbox, onTrouble: options.onTrouble });
    this.drift = new DriftWatch(() => ({ manifest: options.life.model?.manifest ?? null, stream: this.state.stream }));
    this.state = fresh;
  }

  /** Where the last commit left off. */
  async load(): Promise<void> {
    const { outbox, key } = this.#o;
    const keys = [key, streamKey(key), reportKey(key), forecastKey(key)];
    const [json = null, stream = null, report = null, forecast = null] = await Promise.all(keys.map((one) => outbox.machineState(one)));
    this.#o.forecast.restore(forecast);
    if (report !== null) this.report = JSON.parse(report) as LastReport | null;
    if (json !== null) this.state = JSON.parse(json) as MachineState;
    if (stream !== null) this.state = { ...this.state, stream: JSON.parse(stream) as MachineState["stream"] };
  }

  // Nobody waits; trouble with the disk was told where it happened.
  commit(commit: OutboxCommit): void {
    this.durably(commit).catch(() => {});
  }

  /** The state goes with it. */
  durably(commit: OutboxCommit): Promise<void> {
    return this.#add(commit);
  }

  /** A report goes with the state; null: there is none any more. */
  withReport(report: LastReport | null, commit: Omit<OutboxCommit, "states">): Promise<void> {
    this.report = report;
    return this.#add({ ...commit, states: [{ machine: reportKey(this.#o.key), json: JSON.stringify(report) }] });
  }

  /** Everything committed so far is durable. */
  settled(): Promise<void> {
    return this.#commits.idle();
  }

  /** The same, and what came since the stream was saved last is in it, too. */
  async idle(): Promise<void> {
    const { key } = this.#o;
    if (this.#isStateAhead) await this.#commits.add({ states: [{ machine: key, json: this.#stateJson() }] });
    if (this.#isStreamAhead) await this.#commits.add({ states: this.#streams() });
    await this.#commits.idle();
  }

  /** The feature stream that runs; null where no model does. */
  get streamNow(): MachineState["stream"] {
    const { model } = this.#o.life;
    if (model === null) return null;
    const drift = this.drift.counter?.counts;
    return { model: model.manifest.model_sha256, snapshot: model.stream.state, ...(drift === undefined ? {} : { drift }) };
  }

  #add(commit: OutboxCommit): Promise<void> {
    const { key } = this.#o;
    const nowMs = performance.now();
    const isPlainRow = commit.records === undefined || commit.records.every(isTelemetry);
    const calm = calmOf(this.state);
    const mayWait = isPlainRow && calm !== null && calm === this.#savedCalm;
    this.#isStreamAhead = true;
    this.#isStateAhead = true;
    const isStateDue = !mayWait || nowMs >= this.#stateDueMs;
    const isStreamDue = !isPlainRow || nowMs >= this.#streamDueMs;
    if (!isStateDue && !isStreamDue) return this.#commits.add(commit);
    const states = [...(commit.states ?? [])];
    if (isStateDue) states.push({ machine: key, json: this.#stateJson() });
    if (isStreamDue) states.push(...this.#streams());
    return this.#commits.add({ ...commit, states });
  }

  #stateJson(): string {
    this.#stateDueMs = performance.now() + calmStateEveryMs;
    this.#isStateAhead = false;
    this.#savedCalm = calmOf(this.state);
    return JSON.stringify({ ...this.state, stream: null });
  }

  #streams(): { machine: string; json: string }[] {
    const { key, forecast } = this.#o;
    this.#streamDueMs = performance.now() + streamEveryMs;
    this.#isStreamAhead = false;
    const { json } = forecast;
    return [
      { machine: streamKey(key), json: JSON.stringify(this.streamNow) },
      ...(json === null ? [] : [{ machine: forecastKey(key), json }]),
    ];
  }
}
