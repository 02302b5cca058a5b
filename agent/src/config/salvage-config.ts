// Of a configuration with mistakes, the parts that are well formed: they are checked further, so that all mistakes are shown at once. Pure.
import { AgentConfig, BusConfig, MachineConfig } from "@millwright/contract/agent-config";
import * as v from "valibot";

export type ConfigDraft = {
  readonly templates: readonly string[];
  readonly gateway: AgentConfig["gateway"] | null;
  readonly dataDir: string | null;
  /** Names of all buses, also of those with mistakes. */
  readonly busNames: readonly string[];
  readonly buses: readonly (readonly [string, BusConfig])[];
  readonly machines: readonly (readonly [string, MachineConfig])[];
  /** True where nothing was left out. */
  readonly isWhole: boolean;
};

/** @param raw what the YAML file says, of any shape. */
export function salvageConfig(raw: unknown): ConfigDraft {
  const whole = v.safeParse(AgentConfig, raw);
  const { templates, gateway, data_dir, buses, machines } = whole.success ? whole.output : entriesOf(raw);
  return {
    templates: goodOr(AgentConfig.entries.templates, templates, []),
    gateway: goodOr(v.nullable(AgentConfig.entries.gateway), gateway ?? null, null),
    dataDir: goodOr(AgentConfig.entries.data_dir, data_dir, null),
    busNames: Object.keys(entriesOf(buses)),
    buses: whole.success ? Object.entries(whole.output.buses) : goodEntries(BusConfig, buses),
    machines: whole.success ? Object.entries(whole.output.machines) : goodEntries(MachineConfig, machines),
    isWhole: whole.success,
  };
}

function goodOr<S extends v.GenericSchema, F>(schema: S, value: unknown, fallback: F): v.InferOutput<S> | F {
  const result = v.safeParse(schema, value);
  return result.success ? result.output : fallback;
}

function goodEntries<S extends v.GenericSchema>(schema: S, value: unknown): [string, v.InferOutput<S>][] {
  return Object.entries(entriesOf(value)).flatMap(([name, entry]): [string, v.InferOutput<S>][] => {
    const result = v.safeParse(schema, entry);
    return result.success ? [[name, result.output]] : [];
  });
}

const entriesOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
