// From a machine of the configuration to what its pipeline needs.
import type { PointLimits } from "@millwright/contract/template-point";
import type { LimitRule } from "@millwright/models/decisions/absolute-limits";
import type { AgentState } from "./baselines/agent-state.ts";
import { compileRunning, compileStates } from "./config/resolve-running.ts";
import type { ResolvedConfig, ResolvedMachine } from "./config/resolved-config.ts";
import type { ModelRunner } from "./inference/model-runner.ts";
import { partKey } from "./machine-parts.ts";
import { type ModelLife, modelLife } from "./model-life.ts";
import type { PipelineOptions } from "./pipeline-options.ts";

type Parts = Pick<PipelineOptions, "outbox" | "disk" | "clock" | "say" | "onStatus"> & {
  config: ResolvedConfig;
  agentState: AgentState;
  models: ModelRunner;
};

export function machineSetup(machine: ResolvedMachine, { config, agentState, models, ...rest }: Parts): PipelineOptions {
  const ref = { site: machine.site, name: machine.name };
  const key = `${machine.site}/${machine.name}`;
  const lifeOf = (state: string | null): ModelLife =>
    modelLife({
      machine: ref,
      key: partKey(key, state),
      state,
      machineClass: machine.class,
      points: machine.points.filter(({ role }) => role === "measurement").map(({ name, unit }) => ({ name, unit })),
      periodMs: machine.everyMs,
      dataDir: config.dataDir,
      models,
      agentState,
      source: machine.model.kind === "auto" ? "auto" : machine.model.dir,
      olderModel: machine.model.kind === "auto" ? "refuse" : machine.model.older,
    });
  return {
    ...rest,
    machine: ref,
    machineClass: machine.class,
    hasWaveforms: machine.reads.some(({ waveforms = [] }) => waveforms.length > 0),
    key,
    points: machine.points,
    rules: rulesOf(machine.limits),
    zones: machine.zones ?? [],
    wear: machine.wear ?? [],
    novelty: machine.novelty ?? [],
    running: compileRunning(machine),
    states: compileStates(machine),
    periodMs: machine.everyMs,
    wantedRows: machine.learnRows,
    modelOldAfterMs: machine.modelOldAfterMs ?? null,
    learns: machine.model.kind === "auto",
    configRevision: config.revision,
    lifeOf,
    prognosis: machine.prognosis === undefined ? null : { config: machine.prognosis, models, agentState },
  };
}

function rulesOf(limits: Readonly<Record<string, PointLimits>>): LimitRule[] {
  return Object.entries(limits).map(([point, { warning_high, warning_low, critical_high, critical_low }]) => ({
    point,
    ...(warning_high === undefined ? {} : { warnHigh: warning_high }),
    ...(warning_low === undefined ? {} : { warnLow: warning_low }),
    ...(critical_high === undefined ? {} : { criticalHigh: critical_high }),
    ...(critical_low === undefined ? {} : { criticalLow: critical_low }),
  }));
}
