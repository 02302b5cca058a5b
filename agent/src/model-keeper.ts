// Which phase one machine's model is in, or each of those of its running states: it learns, scores, or may not be used. Opens it, learns it, drops it,
// and tells what happened, as records of the machine and to the log. To be called between two rows.

import { noLearning } from "./baselines/learning.ts";
import { newMachineState } from "./baselines/machine-state.ts";
import { noStatesMemory, progressOf, withProgress } from "./baselines/state-memory.ts";
import type { NamedDrift } from "./forecast-keeper.ts";
import type { MachineParts, Part } from "./machine-parts.ts";
import type { Opened } from "./model-life.ts";
import { modelReport } from "./model-report.ts";
import { eventBody, type RowContext } from "./outbox/record-bodies.ts";
import type { PipelineOptions } from "./pipeline-options.ts";
import { isNews, type PipelineStatus, pipelineStatus } from "./pipeline-status.ts";
import { oneReport, prognosisReport } from "./prognosis-report.ts";
import { contextNow } from "./row-records.ts";
import type { SavedMachine } from "./saved-machine.ts";

export type ModelKeeperOptions = Pick<
  PipelineOptions,
  "machine" | "periodMs" | "wantedRows" | "modelOldAfterMs" | "learns" | "outbox" | "clock" | "say" | "onStatus"
> & {
  /** Names and units of the points the model sees, and the machine's states. */
  pointsKey: string;
  parts: MachineParts;
  saved: SavedMachine;
  /** Does something between two rows. */
  queue: (work: () => Promise<void>) => Promise<void>;
};

export class ModelKeeper {
  readonly #o: ModelKeeperOptions;
  #status: PipelineStatus | null = null;
  #rowsReported = 0;
  /** A bundle from outside is being vetted; rows are taken meanwhile. */
  isVetting = false;

  constructor(options: ModelKeeperOptions) {
    this.#o = options;
  }

  get status(): PipelineStatus {
    // Whether the machine is in a state that learns changes with rows that teach nothing.
    if (this.#status !== null && this.#o.parts.current.name !== null) return this.#statusNow();
    return this.#status ?? { phase: "unavailable", readiness: 0, missing: null };
  }

  /** Why a model may not be used; null where all may, or there is none yet. */
  get refusal(): string | null {
    const refused = this.#o.parts.all.find(({ refusal }) => refusal !== null);
    return refused === undefined ? null : `${refused.name === null ? "" : `${refused.name}: `}${refused.refusal}`;
  }

  /** The agent begins, or begins again. */
  async open(): Promise<void> {
    const { learns, saved, pointsKey } = this.#o;
    if (!learns) return this.#openGiven();
    if (saved.state.pointsKey !== pointsKey) {
      for (const { life } of this.#o.parts.all) await life.forget();
      return this.beginLearning("the points of this machine, or its states, changed");
    }
    await this.#openModels(this.#learned);
  }

  /** The model worker was replaced: the models are opened again. Rows are taken meanwhile, without a score. */
  reopen(): void {
    for (const part of this.#learned) {
      const openAnew = (): Promise<void> => this.#o.queue(() => this.#openModels([part])).catch(() => {});
      if (part.life.model === null) void openAnew();
      else part.life.model.reopen().catch(openAnew);
    }
  }

  get #learned(): Part[] {
    const { parts, saved } = this.#o;
    return parts.all.filter(({ name }) => progressOf(saved.state, name).phase === "scoring");
  }

  /** A row came while learning: says how far it is, and learns when there are enough. */
  async afterLearningRow(context: RowContext): Promise<void> {
    this.#setStatus();
    const { outbox, parts, machine, wantedRows, saved, say } = this.#o;
    const { name, life, rowsKey } = parts.current;
    if (progressOf(saved.state, name).learning.rows < wantedRows) return;
    await saved.settled();
    const { generation } = saved.state;
    const createdAt = new Date(context.time.wall_ms).toISOString();
    const learned = await life.learn(await outbox.learningRows(rowsKey), generation, createdAt);
    const of = ofState(name);
    if (!learned.ok) {
      say({ event: "learning_refused", machine: machine.name, ...stateOf(name), reason: learned.reason });
      saved.state = withProgress(saved.state, name, { learning: noLearning });
      const text = `No baseline${of} from these rows: ${learned.reason}. Learning begins again.`;
      saved.commit({ records: [eventBody(context, "baseline_refused", "warning", text)], clearLearningRows: [rowsKey] });
      return this.#setStatus();
    }
    saved.state = withProgress(saved.state, name, { phase: "scoring", learning: noLearning });
    const text = `Baseline ${generation}${of} is live, learned from ${wantedRows} healthy rows.${learned.notes.map((note) => ` ${note}`).join("")}`;
    saved.commit({ records: [eventBody(context, "baseline_ready", "info", text)], clearLearningRows: [rowsKey] });
    say({ event: "scoring", machine: machine.name, generation, ...stateOf(name) });
    this.#setStatus();
  }

  /** Of all states, where there are states. */
  async beginLearning(why: string, commandId?: string): Promise<void> {
    const { parts, clock, saved, pointsKey } = this.#o;
    const clearLearningRows = parts.rowsKeys(saved.state);
    for (const part of parts.all) {
      await part.life.drop();
      part.refusal = part.saved = null;
    }
    const { bootId, offsetMs, lastAtMs, lastWallMs, lastClock, lastUpdate, running, episode, states } = saved.state;
    const fresh = newMachineState({ bootId: clock.bootId, pointsKey, generation: saved.state.generation + 1 });
    const place = { bootId, offsetMs, lastAtMs, lastWallMs, lastClock, lastUpdate, running };
    const { gate } = states ?? {};
    const isIn = gate !== undefined && parts.all.some(({ name }) => name !== null && name === gate.name);
    saved.state = {
      ...fresh,
      ...place,
      ...(isIn ? { states: { ...noStatesMemory, gate } } : {}),
      episode: { ...fresh.episode, count: episode.count },
    };
    const records = [eventBody(this.#now(), "baseline_started", "info", `Baseline ${saved.state.generation} is being learned: ${why}.`)];
    if (commandId !== undefined)
      records.push(eventBody(this.#now(), "command_done", "info", "Learning begins again.", { command_id: commandId }));
    await saved.withReport(null, { records, clearLearningRows });
    this.#setStatus();
  }

  /**
   * The nightly report. Nothing is said where no model has seen a row since the last one.
   * @param rows taken since the start @param prognosis of the machine's prognosis bundle; null where it has none
   */
  async report(rows: number, prognosis: NamedDrift | null): Promise<void> {
    const { clock, machine, say, saved, parts, modelOldAfterMs } = this.#o;
    const models = parts.counted;
    const hasRows = models.some(({ counter }) => (counter === null ? rows > this.#rowsReported : counter.hasRows));
    if (models.length === 0 ? prognosis?.drift.hasCycles !== true : !hasRows) return;
    const context = contextNow(clock, machine);
    const { wall_ms: atMs, clock: trust } = context.time;
    const age = { wallMs: trust === "trusted" ? atMs : null, oldAfterMs: modelOldAfterMs };
    const ofModels = models.length === 0 ? null : modelReport(models, age);
    const { text, causes, figures } = oneReport(ofModels, prognosis === null ? null : prognosisReport(prognosis));
    this.#rowsReported = rows;
    for (const { part, manifest } of models) part.drift.beginAnew(manifest);
    prognosis?.drift.beginPeriod();
    const severity = causes.length === 0 ? "info" : "warning";
    const record = eventBody(context, "model_report", severity, text, { figures, model_causes: causes });
    await saved.withReport({ atMs, text, causes }, { records: [record] });
    say({ event: "model_report", machine: machine.name, text, causes });
  }

  // Vetting takes a moment, in a process of its own: meanwhile rows are taken, and limits alarm.
  #openGiven(): void {
    const { saved, parts, queue } = this.#o;
    saved.state = { ...saved.state, phase: "scoring" };
    this.#setStatus();
    this.isVetting = true;
    void parts.current.life.prepare().then((goesOn) => {
      this.isVetting = false;
      return goesOn ? queue(() => this.#openModels(this.#o.parts.all)).catch(() => {}) : undefined;
    });
  }

  // All are opened before anything is told: what is told is committed with the streams of all.
  async #openModels(parts: readonly Part[]): Promise<void> {
    const { generation } = this.#o.saved.state;
    const opened: [Part, Opened][] = [];
    // Opened again after its thread was replaced, a model goes on with the stream that runs, not with the one that was saved.
    for (const part of parts) opened.push([part, await part.life.open({ generation, stream: part.stream ?? part.saved })]);
    for (const [part, one] of opened) await this.#tellOpened(part, one);
    this.#setStatus();
  }

  async #tellOpened(part: Part, opened: Opened): Promise<void> {
    const { machine, learns, saved, say } = this.#o;
    const { name } = part;
    part.refusal = opened.model === null && opened.hasBundle ? opened.reason : null;
    if (opened.model === null && learns && !opened.hasBundle) return this.beginLearning("it has no baseline yet");
    saved.state = withProgress(saved.state, name, { phase: "scoring" });
    if (opened.model === null) {
      say({ event: "model_refused", machine: machine.name, ...stateOf(name), reason: opened.reason });
      const text = `The model${ofState(name)} is refused; predictions are unavailable, limits still alarm. ${opened.reason}`;
      return saved.commit({ records: [eventBody(this.#now(), "model_refused", "error", text)] });
    }
    if (name === null) saved.state = { ...saved.state, generation: learns ? opened.generation : 0 };
    if (opened.rolledBack !== null) {
      say({ event: "model_rolled_back", machine: machine.name, text: opened.rolledBack });
      saved.commit({ records: [eventBody(this.#now(), "model_rolled_back", "warning", opened.rolledBack)] });
    }
    say({ event: "scoring", machine: machine.name, generation: saved.state.generation, ...stateOf(name) });
  }

  #now(): RowContext {
    return contextNow(this.#o.clock, this.#o.machine);
  }

  #statusNow(): PipelineStatus {
    const { parts, periodMs, wantedRows, saved } = this.#o;
    const each = parts.all.map(({ name, life }) => ({ name, hasModel: life.model !== null }));
    return pipelineStatus(saved.state, { parts: each, periodMs, wantedRows });
  }

  #setStatus(): void {
    const { say, machine, onStatus } = this.#o;
    const before = this.#status;
    const now = this.#statusNow();
    this.#status = now;
    if (!isNews(before, now)) return;
    if (now.phase === "learning")
      say({ event: "learning", machine: machine.name, readiness: Math.floor(now.readiness * 10) / 10, missing: now.missing ?? "" });
    onStatus();
  }
}

const ofState = (name: string | null): string => (name === null ? "" : ` of state ${name}`);
const stateOf = (name: string | null): { state?: string } => (name === null ? {} : { state: name });
