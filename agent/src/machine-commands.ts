// What people ask of one machine from the gateway's pages, done between two of its rows: a technician's verdict, and to learn its normal anew.
import type { Command } from "@millwright/contract/down-message";
import { limitsStep } from "@millwright/models/decisions/absolute-limits";
import { isAboutNow } from "@millwright/models/decisions/decision-step";
import { noZones, zonesStep } from "@millwright/models/decisions/vibration-zone";
import { afterVerdict, type LayerOf, layersBeside } from "./conclude.ts";
import type { ForecastKeeper } from "./forecast-keeper.ts";
import type { LearnedLayers } from "./learned-layers.ts";
import type { MachineParts } from "./machine-parts.ts";
import type { ModelKeeper } from "./model-keeper.ts";
import { eventBody } from "./outbox/record-bodies.ts";
import type { PipelineOptions } from "./pipeline-options.ts";
import { contextNow } from "./row-records.ts";
import type { SavedMachine } from "./saved-machine.ts";

export type MachineCommandsOptions = Pick<PipelineOptions, "machine" | "points" | "rules" | "zones" | "clock" | "say"> & {
  parts: MachineParts;
  saved: SavedMachine;
  keeper: ModelKeeper;
  layers: LearnedLayers;
  forecasts: ForecastKeeper;
};

export class MachineCommands {
  readonly #o: MachineCommandsOptions;

  constructor(options: MachineCommandsOptions) {
    this.#o = options;
  }

  /** Resolves when it is done and that it was is durable. */
  carryOut(command: Command): Promise<void> {
    return command.command === "verdict" ? this.#verdict(command) : this.#relearn(command);
  }

  async #verdict(command: Extract<Command, { command: "verdict" }>): Promise<void> {
    const { machine, clock, saved, parts, say } = this.#o;
    const isCurrent = command.episode === saved.state.episodeId;
    const isNormalNow = isCurrent && command.verdict === "nothing" && isAboutNow(saved.state.decision);
    if (isCurrent) saved.state = afterVerdict(saved.state, parts.manifest, this.#standing());
    // "Nothing wrong" while the alarm stands: what is seen now is this machine's normal too.
    if (isNormalNow) for (const { life } of parts.alarmed(saved.state)) life.model?.stream.accept();
    const text = `${command.actor} closed ${command.ticket} with "${command.verdict}"${isCurrent ? "" : "; its episode was already over"}.`;
    const record = eventBody(contextNow(clock, machine), "command_done", "info", text, { command_id: command.id });
    await saved.durably({ records: [record] });
    say({ event: "verdict", machine: machine.name, verdict: command.verdict, actor: command.actor });
  }

  // A serviced machine is a new one: its normal is learned again, and its life begins anew.
  async #relearn(command: Extract<Command, { command: "relearn" }>): Promise<void> {
    const { saved, layers, keeper, forecasts } = this.#o;
    saved.commit(layers.beginAnew());
    await keeper.beginLearning(`${command.actor} asked for it`, command.id);
    void forecasts.beginAnew();
  }

  /** How the layers beside the baseline stand, without another row. */
  #standing(): readonly LayerOf[] {
    const { points, rules, zones, saved, layers } = this.#o;
    const nothing = { values: new Float64Array(points.length).fill(Number.NaN), points: points.map(({ name }) => name) };
    const limits = limitsStep(saved.state.limits, { ...nothing, rules }).output;
    const ofZones = zonesStep(saved.state.zones ?? noZones, { ...nothing, rules: zones, isJudged: false }).output;
    return layersBeside({ limits, zones: ofZones, learned: layers.spoken });
  }
}
