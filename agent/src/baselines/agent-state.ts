// The agent's small state a person may want to read, in one JSON file (lowdb over kit's durable adapter): who this agent is, which configuration
// it runs, which baseline of each machine is live. Never samples or records: those are in the outbox.
import { durableJson } from "@millwright/kit/durable-file";
import { Low } from "lowdb";
import type { AcceptedModel } from "./accepted-model.ts";

/** The file, as a person reads it. Times are ISO 8601, machine time of day. */
export type AgentStateFile = {
  version: 1;
  identity: { tenant: string; agent: string; created_at: string };
  applied_config: { revision: string; applied_at: string } | null;
  /** Nothing any more; earlier versions, should one come back, look into it. */
  illegal_ranges: Record<string, never>;
  /** machine → generations of its baseline; null where there is none yet. */
  baselines: Record<string, BaselineGenerations>;
  /** Bundles of others that passed the vetting child: hash of the bundle → by which rules. Absent in files of earlier versions. */
  vetted?: Record<string, number>;
  /** machine (`machine#prognosis`) → id of a given model → the newest bundle of it that was used. Absent in files of earlier versions. */
  accepted_models?: Record<string, Record<string, AcceptedModel>>;
  /** Bundles that were being opened when the agent ended: hash → how often in succession. */
  opening?: Record<string, number>;
};
export type BaselineGenerations = { live: number | null; last_good: number | null };
export type AppliedConfig = NonNullable<AgentStateFile["applied_config"]>;

/** Reads are from memory; every write resolves when it is on the disk, one after the other. */
export type AgentState = {
  readonly identity: AgentStateFile["identity"];
  /** Files that were damaged and passed over at the start, for an event; empty is normal. */
  readonly damagedFiles: readonly string[];
  appliedConfig(): AppliedConfig | null;
  setAppliedConfig(config: AppliedConfig): Promise<void>;
  baseline(machine: string): BaselineGenerations;
  setBaseline(machine: string, generations: BaselineGenerations): Promise<void>;
  /** The newest bundle of a given model that this machine used; null: none yet. */
  acceptedModel(machine: string, id: string): AcceptedModel | null;
  setAcceptedModel(machine: string, id: string, model: AcceptedModel): Promise<void>;
  /** What `ModelVetting` keeps over restarts. */
  readonly vetted: {
    has(bundleSha256: string): boolean;
    add(bundleSha256: string): Promise<void>;
    deaths(bundleSha256: string): number;
    opening(bundleSha256: string): Promise<void>;
    outlived(bundleSha256: string): Promise<void>;
  };
};

/** Raised with every change of what vetting asks, and of onnxruntime: then everything is vetted again. */
const vettingRules = 1;
/** More bundles than a box can use at once; the oldest is forgotten, and vetted again when it comes back. */
const maxVetted = 256;

/** Given models a machine is remembered to have had; the one that was set longest ago is forgotten. */
const maxAccepted = 64;

/** Opens or creates `file`. A damaged file is replaced by its previous copy, two damaged ones by a new state; nothing in it is beyond learning again. */
export async function openAgentState({
  file,
  tenant,
  agent,
  wallMs,
}: {
  file: string;
  tenant: string;
  agent: string;
  wallMs: number;
}): Promise<AgentState> {
  const damagedFiles: string[] = [];
  const adapter = durableJson<AgentStateFile>(file, (name) => void damagedFiles.push(name));
  const fresh: AgentStateFile = {
    version: 1,
    identity: { tenant, agent, created_at: new Date(wallMs).toISOString() },
    applied_config: null,
    illegal_ranges: {},
    baselines: {},
  };
  const db = new Low<AgentStateFile>(adapter, fresh);
  await db.read();
  const isRenamed = db.data.identity.tenant !== tenant || db.data.identity.agent !== agent;
  if (isRenamed) db.data.identity = fresh.identity;
  db.data.illegal_ranges = {};

  let last: Promise<void> = Promise.resolve();
  const change = (apply: (data: AgentStateFile) => void): Promise<void> => {
    apply(db.data);
    last = last.catch(() => {}).then(() => db.write());
    return last;
  };
  if (isRenamed || db.data === fresh) await change(() => {});

  return {
    identity: db.data.identity,
    damagedFiles,
    appliedConfig: () => db.data.applied_config,
    setAppliedConfig: (config) =>
      change((data) => {
        data.applied_config = config;
      }),
    baseline: (machine) => db.data.baselines[machine] ?? { live: null, last_good: null },
    setBaseline: (machine, generations) =>
      change((data) => {
        data.baselines[machine] = generations;
      }),
    acceptedModel: (machine, id) => db.data.accepted_models?.[machine]?.[id] ?? null,
    setAcceptedModel: (machine, id, { version, created_at }) =>
      change((data) => {
        const others = Object.entries(data.accepted_models?.[machine] ?? {}).filter(([one]) => one !== id);
        const models = Object.fromEntries([...others.slice(1 - maxAccepted), [id, { version, created_at }]]);
        data.accepted_models = { ...data.accepted_models, [machine]: models };
      }),
    vetted: {
      has: (bundle) => db.data.vetted?.[bundle] === vettingRules,
      add: (bundle) =>
        change((data) => {
          const others = Object.entries(data.vetted ?? {}).filter(([one]) => one !== bundle);
          data.vetted = Object.fromEntries([...others.slice(1 - maxVetted), [bundle, vettingRules]]);
        }),
      deaths: (bundle) => db.data.opening?.[bundle] ?? 0,
      opening: (bundle) =>
        change((data) => {
          const others = Object.entries(data.opening ?? {}).filter(([one]) => one !== bundle);
          data.opening = Object.fromEntries([...others.slice(1 - maxVetted), [bundle, 1 + (data.opening?.[bundle] ?? 0)]]);
        }),
      outlived: (bundle) =>
        change((data) => {
          delete data.opening?.[bundle];
        }),
    },
  };
}
