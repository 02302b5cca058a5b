// The life of one machine's model, or of that of one of its running states: learned from its own healthy rows or given as a bundle, loaded, lost, loaded again; the last good one
// comes back by itself. Talks to the model worker; what it did is told by its return value, never by an exception.
import type { MachineClass, MachineRef } from "@millwright/contract/names";
import { messageOf } from "@millwright/kit/fault";
import { stateThresholdSettings, thresholdSettings } from "@millwright/models/settings";
import { acceptBundle } from "./baselines/accept-bundle.ts";
import type { AgentState } from "./baselines/agent-state.ts";
import { baselineFolder, baselineId } from "./baselines/baseline-folder.ts";
import type { SavedStream } from "./baselines/machine-state.ts";
import { agentFault } from "./faults.ts";
import { type MachineModel, openMachineModel } from "./inference/machine-model.ts";
import type { ModelRunner } from "./inference/model-runner.ts";
import { unpackRow } from "./learning-row.ts";
import type { LearningRow } from "./outbox/outbox.ts";

export type ModelLifeOptions = {
  machine: MachineRef;
  /** Unique within the agent. */
  key: string;
  /** The running state it is of; null where the machine has none. */
  state: string | null;
  machineClass: MachineClass;
  /** `auto`, or the folder of a bundle. */
  source: string;
  /** A given bundle that is older than one of the same id that was used already. */
  olderModel: "refuse" | "accept";
  points: readonly { name: string; unit: string }[];
  periodMs: number;
  dataDir: string;
  models: ModelRunner;
  agentState: AgentState;
};

/** `rolledBack`: an older bundle than before was taken, as the configuration allows; a sentence. */
export type Opened =
  | { model: MachineModel; generation: number; rolledBack: string | null }
  | { model: null; reason: string; hasBundle: boolean };
/** The feature stream to go on with, and the generation. */
export type Known = { stream: SavedStream | null; generation: number };
export type Learned = { ok: true; model: MachineModel; notes: string[] } | { ok: false; reason: string };

export type ModelLife = {
  /** The live model; null while there is none. */
  readonly model: MachineModel | null;
  /**
   * Opens the given bundle, or the live baseline and, where that may not be used, the last good one. Where the agent's state file was lost, the
   * machine's own state still knows its generation.
   */
  open(known: Known): Promise<Opened>;
  /** A bundle from outside is vetted, so that `open` takes no longer than a moment; a baseline needs none. Never rejects. @returns false: the agent is stopping */
  prepare(): Promise<boolean>;
  /** Learns generation `generation` from rows, and makes it live. */
  learn(rows: readonly LearningRow[], generation: number, createdAt: string): Promise<Learned>;
  /** No model from now on (a new baseline is learned). */
  drop(): Promise<void>;
  /** What was learned is void: no earlier baseline comes back. */
  forget(): Promise<void>;
};

export function modelLife(options: ModelLifeOptions): ModelLife {
  const { machine, key, state, points, models, agentState, dataDir } = options;
  let model: MachineModel | null = null;
  const folderOf = (generation: number): string => baselineFolder(dataDir, machine, generation, state);

  const load = async (folder: string, stream: SavedStream | null): Promise<MachineModel> => {
    model = null;
    model = await openMachineModel({ models, key, folder, points, stream });
    return model;
  };

  const drop = async (): Promise<void> => {
    const dropped = model;
    model = null;
    await dropped?.close();
  };

  const refuse = async (why: string): Promise<never> => {
    await drop();
    throw agentFault("model_refused", why);
  };

  // A baseline of an earlier generation, signed by this very box, in the place of the live one.
  const openOwn = async (generation: number, stream: SavedStream | null): Promise<Opened> => {
    const folder = folderOf(generation);
    const opened = await load(folder, stream);
    const { version } = opened.manifest;
    if (version !== generation) return refuse(`${folder} holds baseline ${version} instead of baseline ${generation}`);
    return { model: opened, generation, rolledBack: null };
  };

  const openGiven = async (folder: string, stream: SavedStream | null): Promise<Opened> => {
    const opened = await load(folder, stream);
    const accepted = await acceptBundle({ key, folder, manifest: opened.manifest, older: options.olderModel }, agentState);
    return accepted.ok ? { model: opened, generation: 0, rolledBack: accepted.rolledBack } : refuse(accepted.why);
  };

  const open = async ({ stream, generation: known }: Known): Promise<Opened> => {
    const { live, last_good: lastGood } = agentState.baseline(key);
    const own = [...new Set([live, lastGood, known])]
      .filter((generation) => generation !== null)
      .filter((generation) => generation > 0)
      .map((generation) => () => openOwn(generation, stream));
    const candidates = options.source === "auto" ? own : [() => openGiven(options.source, stream)];
    let reason: string | null = null;
    for (const candidate of candidates) {
      try {
        return await candidate();
      } catch (error) {
        reason ??= messageOf(error);
      }
    }
    return { model: null, reason: reason ?? "there is no bundle", hasBundle: candidates.length > 0 };
  };

  return {
    get model() {
      return model;
    },
    open,
    prepare: () => (options.source === "auto" ? Promise.resolve(true) : models.prepare(options.source)),
    async learn(rows, generation, createdAt) {
      const { atMs, values } = unpackRows(rows, points.length);
      const folder = folderOf(generation);
      const known = agentState.baseline(key);
      try {
        const learned = await models.ask({
          kind: "learn",
          folder,
          id: baselineId(machine, generation, state),
          version: generation,
          machineClass: options.machineClass,
          points: [...points],
          periodMs: options.periodMs,
          atMs,
          values,
          parent: model?.manifest.model_sha256 ?? null,
          thresholds: state === null ? thresholdSettings : stateThresholdSettings,
          createdAt,
        });
        if (!learned.ok) return learned;
        const opened = await load(folder, null);
        opened.stream.prime(
          Array.from(atMs, (at, n) => ({ atMs: at, values: values.subarray(n * points.length, (n + 1) * points.length) })),
        );
        await agentState.setBaseline(key, { live: generation, last_good: known.live === generation ? known.last_good : known.live });
        return { ok: true, model: opened, notes: learned.notes };
      } catch (error) {
        // Loaded, but not noted as live: after a restart it would not be there.
        model = null;
        return { ok: false, reason: messageOf(error) };
      }
    },
    drop,
    forget: () => agentState.setBaseline(key, { live: null, last_good: null }),
  };
}

function unpackRows(rows: readonly LearningRow[], width: number): { atMs: Float64Array; values: Float64Array } {
  const fitting = rows.filter(({ body }) => body.length === width * Float64Array.BYTES_PER_ELEMENT);
  const values = new Float64Array(fitting.length * width);
  for (const [n, { body }] of fitting.entries()) values.set(unpackRow(body), n * width);
  return { atMs: Float64Array.from(fitting, ({ atMs }) => atMs), values };
}
