// What is learned of one machine, part by part: one model with its feature stream, its learning rows and its drift for each running state, or one of
// all where the machine has no states. Knows which part the machine is in, and whose model spoke last.
import type { ModelManifest } from "@millwright/contract/model-manifest";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import type { DriftCounter } from "@millwright/models/decisions/drift-counter";
import type { MachineState, SavedStream } from "./baselines/machine-state.ts";
import { noStatesMemory, withAlarm } from "./baselines/state-memory.ts";
import { DriftWatch } from "./drift-watch.ts";
import type { ModelLife } from "./model-life.ts";
import type { CountedModel } from "./model-report.ts";
import type { MachinePoint } from "./row-records.ts";
import type { Running } from "./samples/running-gate.ts";
import { type StatesRule, stateStep } from "./samples/state-gate.ts";
import { noEvidence } from "./windows/evidence.ts";

export class Part {
  /** Of its state; null where the machine has none. */
  readonly name: string | null;
  /** Under which its learning rows are kept. */
  readonly rowsKey: string;
  readonly life: ModelLife;
  readonly drift: DriftWatch;
  /** The feature stream as it was found at the start. */
  saved: SavedStream | null = null;
  /** Why its model may not be used; null where it may, or there is none yet. */
  refusal: string | null = null;

  constructor(key: string, name: string | null, life: ModelLife) {
    this.name = name;
    this.rowsKey = partKey(key, name);
    this.life = life;
    this.drift = new DriftWatch(() => ({ manifest: life.model?.manifest ?? null, stream: this.saved }));
  }

  /** The feature stream that runs; null where no model does. */
  get stream(): SavedStream | null {
    const { model } = this.life;
    if (model === null) return null;
    const drift = this.drift.counter?.counts;
    return { model: model.manifest.model_sha256, snapshot: model.stream.state, ...(drift === undefined ? {} : { drift }) };
  }
}

/** Key of a machine, or of one of its states; neither has a `@`. */
export const partKey = (key: string, name: string | null): string => (name === null ? key : `${key}@${name}`);

/** What models see, and in which states: where that changes, what was learned is void. */
export function pointsKeyOf(points: readonly MachinePoint[], rule: StatesRule | null): string {
  const seen = points.filter(({ role }) => role === "measurement").map(({ name, unit }) => `${name}[${unit}]`);
  return [...seen, ...(rule?.states ?? []).map(({ name, expression }) => `${name}: ${expression}`)].join(" ");
}

export type PartsOptions = {
  key: string;
  /** null: it has one normal. */
  states: StatesRule | null;
  /** The life of the model of a state; of null, where there are none. */
  lifeOf: (state: string | null) => ModelLife;
};

export class MachineParts {
  readonly all: readonly Part[];
  readonly #key: string;
  readonly #rule: StatesRule | null;
  /** Of the state it is in, or was in last. */
  current: Part;
  /** Whose model scored last. */
  judged: Part;

  constructor({ key, states, lifeOf }: PartsOptions) {
    const names = states === null ? [null] : states.states.map(({ name }) => name);
    this.#key = key;
    this.#rule = states;
    this.all = names.map((name) => new Part(key, name, lifeOf(name)));
    this.current = this.judged = this.all[0] as Part;
  }

  /** Of the model that spoke last; null where there is none. */
  get manifest(): ModelManifest | null {
    return this.judged.life.model?.manifest ?? null;
  }

  /** Under which learning rows may be kept: also of states that are not any more. */
  rowsKeys({ states }: MachineState): string[] {
    const names = [null, ...Object.keys(states?.progress ?? {}), ...this.all.map(({ name }) => name)];
    return [...new Set(names)].map((name) => partKey(this.#key, name));
  }

  /** Goes on where the machine was. */
  restore({ states }: MachineState): void {
    this.current = this.#named(states?.gate?.name);
    this.judged = this.#named(states?.judged);
  }

  /** One row of a machine with states: which one it is in. */
  enter(state: MachineState, row: { running: Running; values: Float64Array; atMs: number }): MachineState {
    if (this.#rule === null) return state;
    const { states = noStatesMemory } = state;
    const gate = stateStep(states.gate, row, this.#rule);
    const next = { ...state, states: { ...states, gate } };
    if (gate.name === (states.gate?.name ?? null)) return next;
    this.current = this.#named(gate.name);
    // What raises an alarm are rows in succession of one state. An alarm that stands is held.
    return { ...next, decision: { ...state.decision, above: 0 } };
  }

  /** Its current part has scored a row. What was gathered to explain an alarm in another state is not about this one. */
  scored(state: MachineState): MachineState {
    const { name } = this.current;
    const { states = noStatesMemory } = state;
    if (name === null || states.judged === name) return state;
    this.judged = this.current;
    return { ...state, evidence: noEvidence, states: { ...states, judged: name } };
  }

  /** The same row, after the decision. */
  concluded(state: MachineState, score: number | UnavailableReason): MachineState {
    const { name, life } = this.current;
    if (name === null) return state;
    const isAlarm = typeof score === "number" && score > (life.model?.manifest.thresholds.watch ?? 1);
    return withAlarm(state, { name, isAlarm });
  }

  /** Those the alarm that stands is about. */
  alarmed({ states }: MachineState): readonly Part[] {
    return this.#rule === null ? this.all : this.all.filter(({ name }) => name !== null && states?.alarmed.includes(name));
  }

  /** What is to be reported on: each model, and its rows since the last report; null where its bundle has nothing to compare with. */
  get counted(): (CountedModel & { part: Part; counter: DriftCounter | null })[] {
    return this.all.flatMap((part) => {
      const manifest = part.life.model?.manifest;
      const { counter } = part.drift;
      return manifest === undefined ? [] : [{ part, manifest, counter, counts: counter?.counts ?? null }];
    });
  }

  #named(name: string | null | undefined): Part {
    return this.all.find((part) => part.name === name) ?? this.current;
  }
}
