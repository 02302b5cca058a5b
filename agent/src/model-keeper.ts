// Which phase one machine's model is in: it learns, scores, or may not be used. Opens it, learns it, drops it, and tells what happened, as
// records of the machine and to the log. To be called between two rows.

import { noLearning } from "./baselines/learning.ts";
import { newMachineState } from "./baselines/machine-state.ts";
import { eventBody, type RowContext } from "./outbox/record-bodies.ts";
import type { PipelineOptions } from "./pipeline-options.ts";
import { isNews, type PipelineStatus, pipelineStatus } from "./pipeline-status.ts";
import { contextNow } from "./row-records.ts";
import type { SavedMachine } from "./saved-machine.ts";

export type ModelKeeperOptions = Pick<
  PipelineOptions,
  "machine" | "key" | "periodMs" | "wantedRows" | "learns" | "life" | "outbox" | "clock" | "say" | "onStatus"
> & {
  /** Names and units of the points the model sees. */
  pointsKey: string;
  saved: SavedMachine;
  /** Does something between two rows. */
  queue: (work: () => Promise<void>) => Promise<void>;
};

export class ModelKeeper {
  readonly #o: ModelKeeperOptions;
  #status: PipelineStatus | null = null;
  /** A bundle from outside is being vetted; rows are taken meanwhile. */
  isVetting = false;
  /** Why the model may not be used; null where it may, or there is none yet. */
  refusal: string | null = null;

  constructor(options: ModelKeeperOptions) {
    this.#o = options;
  }

  get status(): PipelineStatus {
    return this.#status ?? { phase: "unavailable", readiness: 0, missing: null };
  }

  /** The agent begins, or begins again. */
  async open(): Promise<void> {
    const { learns, saved, pointsKey } = this.#o;
    if (!learns) return this.#openGiven();
    if (saved.state.pointsKey !== pointsKey) return this.beginLearning("the points of this machine changed");
    if (saved.state.phase === "scoring") return this.#openModel();
    this.#setStatus();
  }

  /** The model worker was replaced: the model is opened again. Rows are taken meanwhile, without a score. */
  reopen(): void {
    const { saved, life, queue } = this.#o;
    if (saved.state.phase !== "scoring") return;
    const openAnew = (): Promise<void> => queue(() => this.#openModel()).catch(() => {});
    if (life.model === null) void openAnew();
    else life.model.reopen().catch(openAnew);
  }

  /** A row came while learning: says how far it is, and learns when there are enough. */
  async afterLearningRow(context: RowContext): Promise<void> {
    this.#setStatus();
    const { outbox, life, key, machine, wantedRows, saved, say } = this.#o;
    if (saved.state.learning.rows < wantedRows) return;
    await saved.settled();
    const { generation } = saved.state;
    const learned = await life.learn(await outbox.learningRows(key), generation, new Date(context.time.wall_ms).toISOString());
    if (!learned.ok) {
      say({ event: "learning_refused", machine: machine.name, reason: learned.reason });
      saved.state = { ...saved.state, learning: noLearning };
      const text = `No baseline from these rows: ${learned.reason}. Learning begins again.`;
      saved.commit({ records: [eventBody(context, "baseline_refused", "warning", text)], clearLearningRows: [key] });
      return this.#setStatus();
    }
    saved.state = { ...saved.state, phase: "scoring", learning: noLearning };
    const text = `Baseline ${generation} is live, learned from ${wantedRows} healthy rows.${learned.notes.map((note) => ` ${note}`).join("")}`;
    saved.commit({ records: [eventBody(context, "baseline_ready", "info", text)], clearLearningRows: [key] });
    say({ event: "scoring", machine: machine.name, generation });
    this.#setStatus();
  }

  async beginLearning(why: string, commandId?: string): Promise<void> {
    const { life, key, clock, saved, pointsKey } = this.#o;
    await life.drop();
    this.refusal = null;
    const { bootId, offsetMs, lastAtMs, lastWallMs, lastClock, lastUpdate, running, episode } = saved.state;
    const fresh = newMachineState({ bootId: clock.bootId, pointsKey, generation: saved.state.generation + 1 });
    const place = { bootId, offsetMs, lastAtMs, lastWallMs, lastClock, lastUpdate, running };
    saved.state = { ...fresh, ...place, episode: { ...fresh.episode, count: episode.count } };
    const records = [eventBody(this.#now(), "baseline_started", "info", `Baseline ${saved.state.generation} is being learned: ${why}.`)];
    if (commandId !== undefined)
      records.push(eventBody(this.#now(), "command_done", "info", "Learning begins again.", { command_id: commandId }));
    await saved.withReport(null, { records, clearLearningRows: [key] });
    this.#setStatus();
  }

  // Vetting takes a moment, in a process of its own: meanwhile rows are taken, and limits alarm.
  #openGiven(): void {
    const { saved, life, queue } = this.#o;
    saved.state = { ...saved.state, phase: "scoring" };
    this.#setStatus();
    this.isVetting = true;
    void life.prepare().then((goesOn) => {
      this.isVetting = false;
      return goesOn ? queue(() => this.#openModel()).catch(() => {}) : undefined;
    });
  }

  async #openModel(): Promise<void> {
    const { life, machine, learns, saved, say } = this.#o;
    // Opened again after its thread was replaced, a model goes on with the stream that runs, not with the one that was saved.
    const stream = saved.streamNow ?? saved.state.stream;
    const opened = await life.open({ generation: saved.state.generation, stream });
    this.refusal = opened.model === null && opened.hasBundle ? opened.reason : null;
    if (opened.model === null && learns && !opened.hasBundle) return this.beginLearning("it has no baseline yet");
    if (opened.model === null) {
      say({ event: "model_refused", machine: machine.name, reason: opened.reason });
      saved.state = { ...saved.state, phase: "scoring" };
      const text = `The model is refused; predictions are unavailable, limits still alarm. ${opened.reason}`;
      saved.commit({ records: [eventBody(this.#now(), "model_refused", "error", text)] });
    } else {
      saved.state = { ...saved.state, phase: "scoring", generation: learns ? opened.generation : 0 };
      if (opened.rolledBack !== null) {
        say({ event: "model_rolled_back", machine: machine.name, text: opened.rolledBack });
        saved.commit({ records: [eventBody(this.#now(), "model_rolled_back", "warning", opened.rolledBack)] });
      }
      say({ event: "scoring", machine: machine.name, generation: saved.state.generation });
    }
    this.#setStatus();
  }

  #now(): RowContext {
    return contextNow(this.#o.clock, this.#o.machine);
  }

  #setStatus(): void {
    const { life, periodMs, wantedRows, say, machine, onStatus, saved } = this.#o;
    const before = this.#status;
    const now = pipelineStatus(saved.state, { hasModel: life.model !== null, periodMs, wantedRows });
    this.#status = now;
    if (!isNews(before, now)) return;
    if (now.phase === "learning")
      say({ event: "learning", machine: machine.name, readiness: Math.floor(now.readiness * 10) / 10, missing: now.missing ?? "" });
    onStatus();
  }
}
