// One machine, from its row to what is durable: row → limits, zones and score → conclusion → records, committed with the state that made them.
// Rows and commands are taken strictly one after the other.
import type { Command } from "@millwright/contract/down-message";
import type { Forecast, LifeForecast } from "@millwright/contract/forecast";
import type { ModelManifest } from "@millwright/contract/model-manifest";
import { limitsStep } from "@millwright/models/decisions/absolute-limits";
import { noZones, noZonesOutput, type ZonesOutput, zonesStep } from "@millwright/models/decisions/vibration-zone";
import { learnSpectra } from "./baselines/healthy-spectra.ts";
import { learnRow } from "./baselines/learning.ts";
import { type MachineState, newMachineState, standAt, takeIn } from "./baselines/machine-state.ts";
import { progressOf, stateNow, withProgress } from "./baselines/state-memory.ts";
import { type Conclusion, conclude } from "./conclude.ts";
import { diagnoseMachine } from "./diagnose-machine.ts";
import { ForecastKeeper } from "./forecast-keeper.ts";
import type { Scored } from "./inference/machine-model.ts";
import { nothingToCommit } from "./learned-layer.ts";
import { LearnedLayers } from "./learned-layers.ts";
import { packRow } from "./learning-row.ts";
import { MachineCommands } from "./machine-commands.ts";
import { MachineParts, pointsKeyOf } from "./machine-parts.ts";
import { ModelKeeper } from "./model-keeper.ts";
import type { LastReport } from "./model-report.ts";
import type { UnsentRecord } from "./outbox/outbox.ts";
import { eventBody, predictionBody, type RowContext } from "./outbox/record-bodies.ts";
import type { Pipeline, PipelineOptions } from "./pipeline-options.ts";
import { type LatestRow, type PipelineStatus, whyNotJudged } from "./pipeline-status.ts";
import { RowQueue } from "./row-queue.ts";
import { contextNow, contextOf, lineageOf, rowTelemetry, type ShownPoints, sensorNews, sensorRecord, shownPoints } from "./row-records.ts";
import type { MachineRow } from "./samples/machine-row.ts";
import { finiteIn, picked } from "./samples/picked-values.ts";
import { runningStep } from "./samples/running-gate.ts";
import { SavedMachine } from "./saved-machine.ts";
import type { SeenRow } from "./seen-row.ts";
import { figuresOf, shouldTell, type Told } from "./windows/should-tell.ts";

const none: readonly never[] = [];

/** Goes on where the last commit left off. */
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
  readonly #unitOf: (point: string) => string;
  readonly #shown: ShownPoints;
  readonly #parts: MachineParts;
  readonly #saved: SavedMachine;
  readonly #queue: RowQueue;
  readonly #keeper: ModelKeeper;
  readonly #forecasts: ForecastKeeper;
  readonly #commands: MachineCommands;
  readonly layers: LearnedLayers;
  /** Where the points of the model stand in a row. */
  #wanted: { manifest: ModelManifest; places: readonly number[] } | null = null;
  latest: LatestRow | null = null;
  rows = 0;
  samples = 0;

  constructor(options: PipelineOptions) {
    const { points, clock, machine, say, outbox, key, states } = options;
    this.#o = options;
    this.#names = points.map(({ name }) => name);
    this.#shown = shownPoints(points);
    this.#measured = points.flatMap(({ role }, index) => (role === "measurement" ? [index] : []));
    this.#unitOf = (point) => points.find(({ name }) => name === point)?.unit ?? "";
    const pointsKey = pointsKeyOf(points, states);
    this.#parts = new MachineParts(options);
    this.#forecasts = new ForecastKeeper({
      ...options,
      machine: machine.name,
      names: this.#names,
      onNews: (...news) => this.#saved.commit({ records: [eventBody(contextNow(clock, machine), ...news)] }),
    });
    this.layers = new LearnedLayers({ ...options, names: this.#names, unitOf: this.#unitOf });
    this.#saved = new SavedMachine(
      {
        key,
        rowEveryMs: clock.realMs(options.periodMs),
        outbox,
        parts: this.#parts,
        disk: options.disk,
        forecast: this.#forecasts,
      },
      newMachineState({ bootId: clock.bootId, pointsKey, generation: 1 }),
    );
    this.#queue = new RowQueue({ machine: machine.name, say, onRow: (row) => this.#row(row) });
    this.#keeper = new ModelKeeper({
      ...options,
      pointsKey,
      parts: this.#parts,
      saved: this.#saved,
      queue: (work) => this.#queue.add(work),
    });
    this.#commands = new MachineCommands({
      ...options,
      parts: this.#parts,
      saved: this.#saved,
      keeper: this.#keeper,
      layers: this.layers,
      forecasts: this.#forecasts,
    });
  }

  get status(): PipelineStatus {
    return this.#keeper.status;
  }

  get generation(): number {
    return this.#state.generation;
  }

  get refusal(): string | null {
    return this.#keeper.refusal;
  }

  get forecast(): Forecast | null {
    return this.#forecasts.forecast;
  }

  get state(): string | null {
    return stateNow(this.#state);
  }

  get report(): LastReport | null {
    return this.#saved.report;
  }

  async open(): Promise<void> {
    await Promise.all([this.#saved.load(), this.layers.load()]);
    await this.#keeper.open();
    void this.#forecasts.open();
  }

  take(row: MachineRow): void {
    this.#queue.take(row);
  }

  command(command: Command): Promise<void> {
    return this.#queue.add(() => this.#commands.carryOut(command));
  }

  reportModel(): Promise<void> {
    return this.#queue.add(() => this.#keeper.report(this.rows, this.#forecasts.drift));
  }

  reopenModel(): void {
    this.#keeper.reopen();
    void this.#forecasts.open();
  }

  async idle(): Promise<void> {
    await this.#queue.idle();
    await this.#saved.idle();
  }

  get #state(): MachineState {
    return this.#saved.state;
  }

  set #state(state: MachineState) {
    this.#saved.state = state;
  }

  // The flow of one row: what it says of the machine, its score, what is forecast, and what becomes of all that. Nothing is waited for where nothing has to.
  #row(row: MachineRow): Promise<unknown> | null {
    if (row.update !== null && row.update === this.#state.lastUpdate) return null;
    const seen = this.#see(row);
    const scored = this.#score(seen);
    return scored instanceof Promise ? scored.then((one) => this.#foretell(seen, one)) : this.#foretell(seen, scored);
  }

  #see(row: MachineRow): SeenRow {
    const { rules, periodMs, running: rule, states } = this.#o;
    const atMs = standAt(this.#state, row, 4 * periodMs);
    const limits = limitsStep(this.#state.limits, { values: row.values, points: this.#names, rules });
    this.#state.limits = limits.state;
    if (rule !== null) this.#state.running = runningStep(this.#state.running, { values: row.values, atMs }, rule);
    else if (this.#state.running !== undefined) this.#state.running = undefined;
    const running = this.#state.running?.now ?? "running";
    const zones = this.#zones(row.values, running === "running");
    if (states !== null) this.#state = this.#parts.enter(this.#state, { running, values: row.values, atMs });
    const judging = this.#state.states?.gate?.now ?? running;
    const part = this.#parts.current;
    const progress = progressOf(this.#state, part.name);
    this.rows += 1;

    const measured = picked(row.values, this.#measured);
    const good = finiteIn(measured);
    this.samples += good;
    const goodShare = good / Math.max(1, measured.length);
    const isLearning = progress.phase === "learning";
    const isInside = limits.output.level === "normal" && zones.level === "normal" && !zones.isBeyond;
    const learned = this.layers.row({ atMs, values: row.values, isHealthy: isInside, isJudged: running === "running" });
    const isHealthy = isInside && learned.every(({ level }) => level === "normal");
    const learning = isLearning && judging === "running" ? learnRow(progress.learning, { goodShare, isHealthy }) : null;
    if (learning !== null) this.#state = withProgress(this.#state, part.name, { learning: learning.learning });
    if (learning?.take === true && row.spectra !== undefined)
      this.#state.healthySpectra = learnSpectra(this.#state.healthySpectra, row.spectra);

    const learningRow = learning?.take === true ? packRow(measured) : null;
    const values = this.#valuesOf(row, measured);
    const isRunning = running === "running";
    return { row, part, atMs, isRunning, judging, isLearning, learningRow, goodShare, values, limits: limits.output, zones, learned };
  }

  #foretell(seen: SeenRow, scored: Scored): Promise<unknown> | null {
    if (typeof scored.score === "number") this.#state = this.#parts.scored(this.#state);
    const { row, atMs, isRunning } = seen;
    const forecast = this.#forecasts.row({ atMs, wallMs: row.atWallMs, values: row.values, isRunning, score: scored.score });
    return forecast instanceof Promise ? forecast.then((one) => this.#conclude(seen, scored, one)) : this.#conclude(seen, scored, forecast);
  }

  #conclude(seen: SeenRow, scored: Scored, forecast: LifeForecast): Promise<void> | null {
    const { outbox, machine, periodMs, say, states } = this.#o;
    const { row, part, atMs, judging, values, goodShare } = seen;
    const judged = conclude(this.#state, {
      score: scored.score,
      contribution: scored.contribution,
      values,
      limits: seen.limits,
      zones: seen.zones,
      learned: seen.learned,
      zoneRules: this.#o.zones,
      manifest: this.#parts.manifest,
      epoch: outbox.epoch,
      unitOf: this.#unitOf,
    });
    takeIn(this.#state, judged.state);
    if (states !== null) this.#state = this.#parts.concluded(this.#state, scored.score);
    // What an episode shows is about the machine, not about its model; and standing still was never learned.
    if (judged.conclusion.episode === null && judging === "running")
      part.drift.counter?.add(values, typeof scored.score === "number" ? scored.score : null);
    this.latest ??= { atMonotonicMs: 0, level: "normal", score: 0 };
    this.latest.atMonotonicMs = row.atMonotonicMs;
    this.latest.level = judged.conclusion.level;
    this.latest.score = judged.conclusion.score;

    const context = contextOf(row);
    const news = sensorNews(scored, periodMs);
    const records = [rowTelemetry(context, row, { shown: this.#shown, scored, conclusion: judged.conclusion, model: part.life.model })];
    for (const one of news) records.push(sensorRecord(context, one));
    if (this.#isToTell(judged.conclusion, forecast, atMs))
      records.push(this.#prediction(context, { ...judged.conclusion, goodShare, forecast }, row));
    const learningRows = seen.learningRow === null ? none : [{ machine: part.rowsKey, atMs, body: seen.learningRow }];
    const beside = this.layers.commitWith(learningRows);
    this.#saved.commit(beside === nothingToCommit ? { records } : { ...beside, records });
    for (const { point, text } of news) say({ event: "sensor", machine: machine.name, point, text });
    const { levelChanged, level, score, sentence } = judged.conclusion;
    if (levelChanged) say({ event: "level", machine: machine.name, level, score: typeof score === "number" ? score : null, sentence });
    return seen.isLearning ? this.#keeper.afterLearningRow(context) : null;
  }

  // A row in which the machine does not run, or is in another state, is not shown to the model: for its stream it is a gap.
  #score({ part, judging, atMs, values, isLearning }: SeenRow): Promise<Scored> | Scored {
    const { model } = part.life;
    if (model !== null && judging === "running") return model.score({ atMs, values, hold: this.#state.hold ?? "leaders" });
    const whyNoModel = this.#keeper.isVetting ? "warming_up" : "model_refused";
    const why = model === null && !isLearning ? whyNoModel : judging === "running" ? "learning" : whyNotJudged[judging];
    return { score: why, contribution: new Float32Array(), masked: [], sensorEvents: [] };
  }

  /** The values a model wants, in its order; without a model, the measurements in theirs. */
  #valuesOf(row: MachineRow, measured: Float64Array): Float64Array {
    const manifest = this.#parts.manifest;
    if (manifest === null) return measured;
    if (manifest !== this.#wanted?.manifest)
      this.#wanted = { manifest, places: manifest.features.points.map(({ name }) => this.#names.indexOf(name)) };
    return picked(row.values, this.#wanted.places);
  }

  /** Whether a prediction goes with this row; it counts as told from here on. */
  #isToTell({ level, episode, score }: Conclusion, forecast: LifeForecast, atMs: number): boolean {
    const now: Told = { level, episode, status: typeof score === "number" ? "available" : score, atMs, forecast: figuresOf(forecast) };
    if (!shouldTell(this.#state.told, now)) return false;
    this.#state.told = now;
    return true;
  }

  #prediction(context: RowContext, conclusion: Conclusion & { goodShare: number; forecast: LifeForecast }, row: MachineRow): UnsentRecord {
    const { level, signals } = conclusion;
    const { machineClass, hasWaveforms } = this.#o;
    const lineage = lineageOf(this.#parts.manifest, this.#o.learns ? this.#state.generation : null, this.#o.configRevision);
    const symptoms = { spectra: row.spectra ?? [], healthy: this.#state.healthySpectra, signals, machineClass, hasWaveforms };
    const diagnosis = level === "normal" ? null : diagnoseMachine(symptoms);
    return predictionBody(context, { ...conclusion, lineage, diagnosis });
  }

  /** Machines without zones keep no state of them. */
  #zones(values: Float64Array, isJudged: boolean): ZonesOutput {
    const { zones: rules } = this.#o;
    if (rules.length === 0) return noZonesOutput;
    const { state, output } = zonesStep(this.#state.zones ?? noZones, { values, points: this.#names, rules, isJudged });
    this.#state.zones = state;
    return output;
  }
}
