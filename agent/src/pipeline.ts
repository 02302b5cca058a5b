// One machine, from its row to what is durable: row → limits and score → conclusion → records, committed with the state that made them.
// Rows and commands are taken strictly one after the other.
import { performance } from "node:perf_hooks";
import type { Command } from "@millwright/contract/down-message";
import type { ModelManifest } from "@millwright/contract/model-manifest";
import type { MachineRef } from "@millwright/contract/names";
import type { Clock } from "@millwright/kit/clock";
import { messageOf } from "@millwright/kit/fault";
import { type LimitRule, limitsStep } from "@millwright/models/decisions/absolute-limits";
import { isAboutNow } from "@millwright/models/decisions/decision-step";
import { DriftCounter } from "@millwright/models/decisions/drift-counter";
import { learnRow, noLearning } from "./baselines/learning.ts";
import { type MachineState, machineTime, newMachineState } from "./baselines/machine-state.ts";
import { afterVerdict, type Conclusion, conclude } from "./conclude.ts";
import type { SayEvent } from "./events.ts";
import type { Scored } from "./inference/machine-model.ts";
import { type ModelLife, packRow } from "./model-life.ts";
import { type LastReport, modelReport, noVerdicts } from "./model-report.ts";
import { type MachineCommits, machineCommits } from "./outbox/machine-commits.ts";
import type { Outbox, OutboxCommit, UnsentRecord } from "./outbox/outbox.ts";
import { eventBody, newTraceId, predictionBody, type RowContext, timeNow } from "./outbox/record-bodies.ts";
import { isNews, type LatestRow, type PipelineStatus, pipelineStatus } from "./pipeline-status.ts";
import { contextOf, lineageOf, type MachinePoint, rowTelemetry, sensorNews, sensorRecord } from "./row-records.ts";
import type { MachineRow } from "./samples/machine-row.ts";
import { shouldTell, type Told } from "./windows/should-tell.ts";

export type PipelineOptions = {
  machine: MachineRef;
  key: string;
  /** All points of the machine, in the order of its rows; models see the measurements. */
  points: readonly MachinePoint[];
  rules: readonly LimitRule[];
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

export type Pipeline = {
  readonly status: PipelineStatus;
  /** Since this start; null before the first row. */
  readonly latest: LatestRow | null;
  /** Of the baseline that is learned or live; 0 for a given model. */
  readonly generation: number;
  /** Why the model may not be used; null where it may, or there is none yet. */
  readonly refusal: string | null;
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

/**
 * Real ms between two saves of a feature stream while nothing happens: it is most of a machine's state, and would wear an SD card out with every
 * row. After a restart it goes on from there, or begins its running means anew, as after any gap of a few rows.
 */
const streamEveryMs = 10_000;
const streamKey = (key: string): string => `${key}#stream`;
const reportKey = (key: string): string => `${key}#report`;

/** More rows than this waiting (a learning step takes a while) and the oldest are given up, counted and told. */
const maxWaiting = 5_000;

export async function openPipeline(options: PipelineOptions): Promise<Pipeline> {
  const pipeline = new MachinePipeline(options);
  await pipeline.open();
  return pipeline;
}

class MachinePipeline implements Pipeline {
  readonly #o: PipelineOptions;
  /** Names of all points, and which of them models see; as in the rows. */
  readonly #names: readonly string[];
  readonly #measured: readonly number[];
  readonly #pointsKey: string;
  #state: MachineState;
  #status: PipelineStatus | null = null;
  #waiting: MachineRow[] = [];
  #givenUp = 0;
  #streamDueMs = 0;
  #isStreamAhead = false;
  /** Where the points of the model stand in a row. */
  #wanted: { manifest: ModelManifest; places: readonly number[] } | null = null;
  #isVetting = false;
  #drift: { model: string; counter: DriftCounter } | null = null;
  #rowsReported = 0;
  #work: Promise<void> = Promise.resolve();
  readonly #commits: MachineCommits;
  latest: LatestRow | null = null;
  refusal: string | null = null;
  report: LastReport | null = null;
  rows = 0;
  samples = 0;

  constructor(options: PipelineOptions) {
    this.#o = options;
    const onTrouble = (detail: string): void => options.say({ event: "device", text: `outbox: ${detail}` });
    this.#commits = machineCommits({ outbox: options.outbox, onTrouble });
    this.#names = options.points.map(({ name }) => name);
    this.#measured = options.points.flatMap(({ role }, index) => (role === "measurement" ? [index] : []));
    this.#pointsKey = this.#measured.map((index) => `${options.points[index]?.name}[${options.points[index]?.unit}]`).join(" ");
    this.#state = newMachineState({ bootId: options.clock.bootId, pointsKey: this.#pointsKey, generation: 1 });
  }

  get status(): PipelineStatus {
    return this.#status ?? { phase: "unavailable", readiness: 0, missing: null };
  }

  get generation(): number {
    return this.#state.generation;
  }

  /** Goes on where the last commit left off. */
  async open(): Promise<void> {
    const { outbox, key } = this.#o;
    const keys = [key, streamKey(key), reportKey(key)];
    const [json = null, stream = null, report = null] = await Promise.all(keys.map((one) => outbox.machineState(one)));
    if (report !== null) this.report = JSON.parse(report) as LastReport | null;
    if (json !== null) this.#state = JSON.parse(json) as MachineState;
    if (stream !== null) this.#state = { ...this.#state, stream: JSON.parse(stream) as MachineState["stream"] };
    if (!this.#o.learns) return this.#openGiven();
    if (this.#state.pointsKey !== this.#pointsKey) return this.#beginLearning("the points of this machine changed");
    if (this.#state.phase === "scoring") return this.#openModel();
    this.#setStatus();
  }

  // Vetting takes a moment, in a process of its own: meanwhile rows are taken, and limits alarm.
  #openGiven(): void {
    this.#state = { ...this.#state, phase: "scoring" };
    this.#setStatus();
    this.#isVetting = true;
    void this.#o.life.prepare().then((goesOn) => {
      this.#isVetting = false;
      return goesOn ? this.#queue(() => this.#openModel()).catch(() => {}) : undefined;
    });
  }

  take(row: MachineRow): void {
    this.#waiting.push(row);
    if (this.#waiting.length > maxWaiting) {
      this.#waiting.shift();
      this.#givenUp += 1;
    }
    // What goes wrong with a row was told where the queue caught it; the next row comes all the same.
    void this.#queue(async () => {
      this.#tellGivenUp();
      const next = this.#waiting.shift();
      if (next !== undefined) await this.#row(next);
    }).catch(() => {});
  }

  command(command: Command): Promise<void> {
    return this.#queue(() =>
      command.command === "verdict" ? this.#verdict(command) : this.#beginLearning(`${command.actor} asked for it`, command.id),
    );
  }

  reportModel(): Promise<void> {
    return this.#queue(async () => {
      const manifest = this.#manifest;
      const counter = this.#driftCounter();
      const hasRows = counter === null ? this.rows > this.#rowsReported : counter.hasRows;
      if (manifest === null || !hasRows) return;
      const { time, ...context } = this.#now();
      const verdicts = this.#state.verdicts ?? noVerdicts;
      const wallMs = time.clock === "trusted" ? time.wall_ms : null;
      const { text, causes, figures } = modelReport(manifest, { counts: counter?.counts ?? null, verdicts, wallMs });
      this.report = { atMs: time.wall_ms, text, causes };
      this.#rowsReported = this.rows;
      if (manifest.reference !== undefined) this.#drift = { model: manifest.model_sha256, counter: new DriftCounter(manifest.reference) };
      const severity = causes.length === 0 ? "info" : "warning";
      const record = eventBody({ ...context, time }, "model_report", severity, text, { figures, model_causes: causes });
      await this.#durably({ records: [record] }, [{ machine: reportKey(this.#o.key), json: JSON.stringify(this.report) }]);
      this.#o.say({ event: "model_report", machine: this.#o.machine.name, text, causes });
    });
  }

  reopenModel(): void {
    if (this.#state.phase === "scoring") void this.#queue(() => this.#openModel()).catch(() => {});
  }

  async idle(): Promise<void> {
    await this.#work;
    // What came since the stream was saved last is in it, too.
    if (this.#isStreamAhead) await this.#commits.add({ states: [{ machine: streamKey(this.#o.key), json: this.#streamJson() }] });
    await this.#commits.idle();
  }

  #tellGivenUp(): void {
    if (this.#givenUp === 0) return;
    const text = `${this.#o.machine.name}: ${this.#givenUp} rows came faster than they could be worked on, and were given up, oldest first`;
    this.#o.say({ event: "device", text });
    this.#givenUp = 0;
  }

  #queue(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch((error: unknown) => this.#o.say({ event: "device", text: `${this.#o.machine.name}: ${messageOf(error)}` }));
    return done;
  }

  // The flow of one row.
  async #row(row: MachineRow): Promise<void> {
    const { outbox, points, rules, key, machine, periodMs, say } = this.#o;
    if (row.update !== null && row.update === this.#state.lastUpdate) return;
    const { offsetMs, atMs } = machineTime(this.#state, row, 4 * periodMs);
    const limits = limitsStep(this.#state.limits, { values: row.values, points: this.#names, rules });
    this.#state = {
      ...this.#state,
      bootId: row.bootId,
      offsetMs,
      lastAtMs: atMs,
      lastWallMs: row.atWallMs,
      lastClock: row.clock,
      lastUpdate: row.update,
      limits: limits.state,
    };
    this.rows += 1;

    const measured = Float64Array.from(this.#measured, (index) => row.values[index] as number);
    const good = measured.filter(Number.isFinite).length;
    this.samples += good;
    const goodShare = good / Math.max(1, measured.length);
    const learning =
      this.#state.phase === "learning" ? learnRow(this.#state.learning, { goodShare, isHealthy: limits.output.level === "normal" }) : null;
    if (learning !== null) this.#state = { ...this.#state, learning: learning.learning };

    const values = this.#valuesOf(row, measured);
    const scored = await this.#score(atMs, values);
    const judged = conclude(this.#state, {
      ...scored,
      values,
      limits: limits.output,
      manifest: this.#manifest,
      epoch: outbox.epoch,
      unitOf: (point) => points.find(({ name }) => name === point)?.unit ?? "",
    });
    this.#state = judged.state;
    // What an episode shows is about the machine, not about its model.
    if (judged.conclusion.episode === null) this.#driftCounter()?.add(values, typeof scored.score === "number" ? scored.score : null);
    this.latest = { atMonotonicMs: row.atMonotonicMs, level: judged.conclusion.level, score: judged.conclusion.score };

    const context = contextOf(row);
    const news = sensorNews(scored, periodMs);
    this.#commit({
      records: [
        rowTelemetry(context, row, { points, scored, conclusion: judged.conclusion, manifest: this.#manifest }),
        ...news.map((one) => sensorRecord(context, one)),
        ...this.#prediction(context, judged.conclusion, goodShare, atMs),
      ],
      ...(learning?.take === true ? { learningRows: [{ machine: key, atMs, body: packRow(measured) }] } : {}),
    });
    for (const { point, text } of news) say({ event: "sensor", machine: machine.name, point, text });
    if (judged.conclusion.levelChanged) this.#sayLevel(judged.conclusion);
    if (learning !== null) await this.#afterLearningRow(context);
  }

  get #manifest(): ModelManifest | null {
    return this.#o.life.model?.manifest ?? null;
  }

  async #score(atMs: number, values: Float64Array): Promise<Scored> {
    const { model } = this.#o.life;
    if (model !== null) return model.score({ atMs, values, isHeld: this.#state.isHeld });
    const why = this.#state.phase === "learning" ? "learning" : this.#isVetting ? "warming_up" : "model_refused";
    return { score: why, contribution: new Float32Array(), masked: [], sensorEvents: [] };
  }

  /** Goes on with the counts that were saved with the stream; null where the bundle keeps nothing to compare with. */
  #driftCounter(): DriftCounter | null {
    const manifest = this.#manifest;
    if (manifest?.reference === undefined) return null;
    if (this.#drift?.model !== manifest.model_sha256) {
      const saved = this.#state.stream?.model === manifest.model_sha256 ? this.#state.stream.drift : undefined;
      this.#drift = { model: manifest.model_sha256, counter: new DriftCounter(manifest.reference, saved) };
    }
    return this.#drift.counter;
  }

  /** The values a model wants, in its order; without a model, the measurements in theirs. */
  #valuesOf(row: MachineRow, measured: Float64Array): Float64Array {
    const manifest = this.#manifest;
    if (manifest === null) return measured;
    if (manifest !== this.#wanted?.manifest)
      this.#wanted = { manifest, places: manifest.features.points.map(({ name }) => this.#names.indexOf(name)) };
    const { places } = this.#wanted;
    const values = new Float64Array(places.length);
    for (const [n, place] of places.entries()) values[n] = row.values[place] ?? Number.NaN;
    return values;
  }

  #prediction(context: RowContext, conclusion: Conclusion, goodShare: number, atMs: number): UnsentRecord[] {
    const { level, episode, score } = conclusion;
    const now: Told = { level, episode, status: typeof score === "number" ? "available" : score, atMs };
    if (!shouldTell(this.#state.told, now)) return [];
    this.#state = { ...this.#state, told: now };
    const lineage = lineageOf(this.#manifest, this.#o.learns ? this.#state.generation : null, this.#o.configRevision);
    return [predictionBody(context, { ...conclusion, goodShare, lineage })];
  }

  async #afterLearningRow(context: RowContext): Promise<void> {
    this.#setStatus();
    const { outbox, life, key, machine, wantedRows } = this.#o;
    if (this.#state.learning.rows < wantedRows) return;
    await this.#commits.idle();
    const learned = await life.learn(await outbox.learningRows(key), this.#state.generation, new Date(context.time.wall_ms).toISOString());
    if (!learned.ok) {
      this.#o.say({ event: "learning_refused", machine: machine.name, reason: learned.reason });
      this.#state = { ...this.#state, learning: noLearning };
      this.#commit({
        records: [
          eventBody(context, "baseline_refused", "warning", `No baseline from these rows: ${learned.reason}. Learning begins again.`),
        ],
        clearLearningRows: [key],
      });
      return this.#setStatus();
    }
    this.#state = { ...this.#state, phase: "scoring", learning: noLearning };
    const text = `Baseline ${this.#state.generation} is live, learned from ${wantedRows} healthy rows.${learned.notes.map((note) => ` ${note}`).join("")}`;
    this.#commit({ records: [eventBody(context, "baseline_ready", "info", text)], clearLearningRows: [key] });
    this.#o.say({ event: "scoring", machine: machine.name, generation: this.#state.generation });
    this.#setStatus();
  }

  async #openModel(): Promise<void> {
    const { life, machine, learns } = this.#o;
    // Opened again after its thread was replaced, a model goes on with the stream that runs, not with the one that was saved.
    const stream = this.#streamNow() ?? this.#state.stream;
    const opened = await life.open({ generation: this.#state.generation, stream });
    this.refusal = opened.model === null && opened.hasBundle ? opened.reason : null;
    if (opened.model === null && learns && !opened.hasBundle) return this.#beginLearning("it has no baseline yet");
    if (opened.model === null) {
      this.#o.say({ event: "model_refused", machine: machine.name, reason: opened.reason });
      this.#state = { ...this.#state, phase: "scoring" };
      this.#commit({
        records: [
          eventBody(
            this.#now(),
            "model_refused",
            "error",
            `The model is refused; predictions are unavailable, limits still alarm. ${opened.reason}`,
          ),
        ],
      });
    } else {
      this.#state = { ...this.#state, phase: "scoring", generation: learns ? opened.generation : 0 };
      this.#o.say({ event: "scoring", machine: machine.name, generation: this.#state.generation });
    }
    this.#setStatus();
  }

  async #beginLearning(why: string, commandId?: string): Promise<void> {
    const { life, key, clock } = this.#o;
    await life.drop();
    this.refusal = null;
    const { bootId, offsetMs, lastAtMs, lastWallMs, lastClock, lastUpdate, episode } = this.#state;
    const fresh = newMachineState({ bootId: clock.bootId, pointsKey: this.#pointsKey, generation: this.#state.generation + 1 });
    const place = { bootId, offsetMs, lastAtMs, lastWallMs, lastClock, lastUpdate };
    this.#state = { ...fresh, ...place, episode: { ...fresh.episode, count: episode.count } };
    this.report = null;
    const records = [eventBody(this.#now(), "baseline_started", "info", `Baseline ${this.#state.generation} is being learned: ${why}.`)];
    if (commandId !== undefined)
      records.push(eventBody(this.#now(), "command_done", "info", "Learning begins again.", { command_id: commandId }));
    await this.#durably({ records, clearLearningRows: [key] }, [{ machine: reportKey(key), json: "null" }]);
    this.#setStatus();
  }

  async #verdict(command: Extract<Command, { command: "verdict" }>): Promise<void> {
    const { life, machine } = this.#o;
    const isCurrent = command.episode === this.#state.episodeId;
    const isNormalNow = isCurrent && command.verdict === "nothing" && isAboutNow(this.#state.decision);
    const verdicts = this.#state.verdicts ?? noVerdicts;
    this.#state = { ...this.#state, verdicts: { ...verdicts, [command.verdict]: verdicts[command.verdict] + 1 } };
    if (isCurrent) this.#state = afterVerdict(this.#state, this.#manifest, this.#limitsLevel());
    // "Nothing wrong" while the alarm stands: what is seen now is this machine's normal too.
    if (isNormalNow) life.model?.stream.accept();
    const text = `${command.actor} closed ${command.ticket} with "${command.verdict}"${isCurrent ? "" : "; its episode was already over"}.`;
    await this.#durably({ records: [eventBody(this.#now(), "command_done", "info", text, { command_id: command.id })] });
    this.#o.say({ event: "verdict", machine: machine.name, verdict: command.verdict, actor: command.actor });
  }

  #limitsLevel(): "normal" | "warning" | "critical" {
    const none = new Float64Array(this.#o.points.length).fill(Number.NaN);
    const { level } = limitsStep(this.#state.limits, {
      values: none,
      points: this.#names,
      rules: this.#o.rules,
    }).output;
    return level === "watch" ? "warning" : level;
  }

  // Nobody waits; trouble with the disk was told where it happened.
  #commit(commit: Omit<OutboxCommit, "states">): void {
    this.#durably(commit).catch(() => {});
  }

  // The state goes with every commit.
  #durably(commit: Omit<OutboxCommit, "states">, more: readonly { machine: string; json: string }[] = []): Promise<void> {
    const { key } = this.#o;
    const states = [{ machine: key, json: JSON.stringify({ ...this.#state, stream: null }) }, ...more];
    const isPlainRow = (commit.records ?? []).every(({ kind }) => kind === "telemetry");
    this.#isStreamAhead = true;
    if (!isPlainRow || performance.now() >= this.#streamDueMs) states.push({ machine: streamKey(key), json: this.#streamJson() });
    return this.#commits.add({ ...commit, states });
  }

  #streamJson(): string {
    this.#streamDueMs = performance.now() + streamEveryMs;
    this.#isStreamAhead = false;
    return JSON.stringify(this.#streamNow());
  }

  #streamNow(): MachineState["stream"] {
    const { model } = this.#o.life;
    if (model === null) return null;
    const drift = this.#driftCounter()?.counts;
    return { model: model.manifest.model_sha256, snapshot: model.stream.state, ...(drift === undefined ? {} : { drift }) };
  }

  #now(): RowContext {
    const { clock, machine } = this.#o;
    return { machine, traceId: newTraceId(), time: timeNow(clock) };
  }

  #sayLevel({ level, score, sentence }: Conclusion): void {
    this.#o.say({ event: "level", machine: this.#o.machine.name, level, score: typeof score === "number" ? score : null, sentence });
  }

  #setStatus(): void {
    const { life, periodMs, wantedRows, say, machine, onStatus } = this.#o;
    const before = this.#status;
    const now = pipelineStatus(this.#state, { hasModel: life.model !== null, periodMs, wantedRows });
    this.#status = now;
    if (!isNews(before, now)) return;
    if (now.phase === "learning")
      say({ event: "learning", machine: machine.name, readiness: Math.floor(now.readiness * 10) / 10, missing: now.missing ?? "" });
    onStatus();
  }
}
