// What one machine's flow remembers, and how it is kept: every commit of records takes with it the state that made them, but that of a calm row,
// which differs from the one before only in where it stands, goes every minute. The feature stream, most of the state, is saved more rarely
// still; the last nightly report stands beside it.
import { performance } from "node:perf_hooks";
import { isCalm, type MachineState, type SavedStream } from "./baselines/machine-state.ts";
import { type MachineParts, partKey } from "./machine-parts.ts";
import type { LastReport } from "./model-report.ts";
import type { DiskTrouble } from "./outbox/disk-trouble.ts";
import { type MachineCommits, machineCommits } from "./outbox/machine-commits.ts";
import type { Outbox, OutboxCommit, UnsentRecord } from "./outbox/outbox.ts";

/** Real ms between two saves of a calm machine's state: with every row it would be half of what is written to the disk. */
const calmStateEveryMs = 60_000;
/**
 * Real ms between two saves of a feature stream while nothing happens: it is most of a machine's state, and would wear an SD card out with every
 * row. After a kill it begins its running means anew, as after any gap of a few rows; what is slow in it (where the machine was re-centred, the
 * counts of the drift report) goes on from there.
 */
const streamEveryMs = 300_000;
/**
 * Real ms a row in which nothing happens waits to become durable with others, where rows are `patientFromMs` apart or more: fewer commits, messages and
 * receipts. Whatever happens meanwhile, to any machine, takes it along at once.
 */
const patienceMs = 250;
const patientFromMs = 1_000;
/** Machines that began together do not go on writing together. */
const spread = (everyMs: number): number => everyMs * (0.75 + Math.random() / 2);
const streamKey = (key: string, name: string | null): string => `${partKey(key, name)}#stream`;
const reportKey = (key: string): string => `${key}#report`;
const forecastKey = (key: string): string => `${key}#forecast`;

const isTelemetry = ({ kind }: UnsentRecord): boolean => kind === "telemetry";

/** What a calm machine is doing: whether it runs, and in which state. null: it is not calm. */
function calmOf(state: MachineState): string | null {
  if (!isCalm(state)) return null;
  const { running, states } = state;
  const runs = running?.now ?? "always running";
  return states === undefined ? runs : `${runs} ${states.gate?.now} ${states.gate?.name}`;
}

export type SavedMachineOptions = {
  key: string;
  /** Real ms between two of its rows. */
  rowEveryMs: number;
  outbox: Outbox;
  parts: MachineParts;
  disk: DiskTrouble;
  /** What the forecast keeps over a restart, as JSON; saved with the feature stream. null: nothing. */
  forecast: { readonly json: string | null; restore(json: string | null): void };
};

export class SavedMachine {
  /** Goes with the next commit. */
  state: MachineState;
  report: LastReport | null = null;
  readonly #o: SavedMachineOptions;
  readonly #commits: MachineCommits;
  #streamDueMs = 0;
  #stateDueMs = 0;
  /** What was committed since they were saved is not in them yet. */
  #isStreamAhead = false;
  #isStateAhead = false;
  /** What the saved state is calm in; null where it is not. */
  #savedCalm: string | null = null;

  /** @param fresh the state of a machine of which nothing was saved */
  constructor(options: SavedMachineOptions, fresh: MachineState) {
    this.#o = options;
    this.#commits = machineCommits({ outbox: options.outbox, disk: options.disk });
    this.state = fresh;
  }

  /** Where the last commit left off. */
  async load(): Promise<void> {
    const { outbox, key, parts } = this.#o;
    const streamKeys = parts.all.map(({ name }) => streamKey(key, name));
    const keys = [key, reportKey(key), forecastKey(key), ...streamKeys];
    const [json = null, report = null, forecast = null, ...streams] = await Promise.all(keys.map((one) => outbox.machineState(one)));
    this.#o.forecast.restore(forecast);
    if (report !== null) this.report = JSON.parse(report) as LastReport | null;
    if (json !== null) this.state = JSON.parse(json) as MachineState;
    for (const [n, part] of parts.all.entries()) part.saved = JSON.parse(streams[n] ?? "null") as SavedStream | null;
    parts.restore(this.state);
  }

  // Nobody waits; trouble with the disk was told where it happened.
  commit(commit: OutboxCommit): void {
    void this.#add(commit);
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
    const patience = mayWait && this.#o.rowEveryMs >= patientFromMs ? { withinMs: patienceMs } : {};
    if (!isStateDue && !isStreamDue) return this.#commits.add({ ...commit, ...patience });
    const states = [...(commit.states ?? [])];
    if (isStateDue) states.push({ machine: key, json: this.#stateJson() });
    if (isStreamDue) states.push(...this.#streams());
    return this.#commits.add({ ...commit, states, ...patience });
  }

  #stateJson(): string {
    this.#stateDueMs = performance.now() + spread(calmStateEveryMs);
    this.#isStateAhead = false;
    this.#savedCalm = calmOf(this.state);
    return JSON.stringify(this.state);
  }

  #streams(): { machine: string; json: string }[] {
    const { key, forecast, parts } = this.#o;
    this.#streamDueMs = performance.now() + spread(streamEveryMs);
    this.#isStreamAhead = false;
    const { json } = forecast;
    return [
      ...parts.all.map((part) => ({ machine: streamKey(key, part.name), json: JSON.stringify(part.stream) })),
      ...(json === null ? [] : [{ machine: forecastKey(key), json }]),
    ];
  }
}
