// Of a configuration with mistakes, what can be checked further, so that all mistakes are shown at once; and where not to look for mistakes,
// because what would be found there only follows from one that is told already. Pure.
import { AgentConfig, BusConfig, MachineConfig, ReadConfig } from "@millwright/contract/agent-config";
import { nearest } from "@millwright/kit/nearest";
import * as v from "valibot";
import type { Path } from "./config-report.ts";
import { type Salvaged, type StandIns, salvage } from "./salvage.ts";

export type DraftMachine = Salvaged<MachineConfig> & {
  /** Reads whose points cannot be told. */
  readonly doubtfulReads: ReadonlySet<number>;
  /** False where the machine may have derived points that are not in `value`. */
  readonly isDerivedKnown: boolean;
};

export type ConfigDraft = {
  readonly templates: readonly string[];
  /** False where there may be template folders that are not in `templates`. */
  readonly areTemplatesKnown: boolean;
  readonly gateway: Salvaged<AgentConfig["gateway"]> | null;
  readonly dataDir: string | null;
  /** Names of all buses, also of those with mistakes; null where they cannot be told. */
  readonly busNames: readonly string[] | null;
  readonly buses: readonly (readonly [string, Salvaged<BusConfig>])[];
  readonly machines: readonly (readonly [string, DraftMachine])[];
  /** True where nothing was left out. */
  readonly isWhole: boolean;
};

/** @param raw what the YAML file says, of any shape. */
export function salvageConfig(raw: unknown): ConfigDraft {
  const entries = entriesOf(raw);
  const isMeant = (name: string): boolean => Object.keys(entries).some((key) => key !== name && meant(key, AgentConfig.entries) === name);
  const { templates, gateway, data_dir: dataDir, buses, machines } = entries;
  return {
    templates: [templates ?? []].flat().filter((folder) => typeof folder === "string"),
    areTemplatesKnown: v.is(AgentConfig.entries.templates, templates) && !isMeant("templates"),
    gateway: salvage(AgentConfig.entries.gateway, gateway),
    dataDir: dataDirOf(dataDir),
    busNames: isMapping(buses) && !isMeant("buses") ? Object.keys(buses) : null,
    buses: salvageEach(buses, (bus) => salvage(BusConfig, bus)),
    machines: salvageEach(machines, salvageMachine),
    isWhole: v.is(AgentConfig, raw),
  };
}

function dataDirOf(value: unknown): string | null {
  const result = v.safeParse(AgentConfig.entries.data_dir, value);
  return result.success ? result.output : null;
}

function salvageEach<T>(value: unknown, salvageOne: (entry: unknown) => T | null): [string, T][] {
  return Object.entries(entriesOf(value)).flatMap(([name, entry]): [string, T][] => {
    const one = salvageOne(entry);
    return one === null ? [] : [[name, one]];
  });
}

// Periods that complain of nothing: rows as rare, reads as often as can be.
const standInRead = { bus: "?", template: "?", every: "10ms" };
const standIns: StandIns = {
  class: "other",
  every: "24h",
  reads: [standInRead],
  "reads.*": standInRead,
  ...Object.fromEntries(Object.entries(standInRead).map(([key, value]) => [`reads.*.${key}`, value])),
};

/** What of a machine says nothing any more where something else of it is wrong. */
const followers: Readonly<Record<string, Path>> = { limits: ["prognosis", "wear_of"], running_when: ["settle"], states: ["settle"] };

function salvageMachine(raw: unknown): DraftMachine | null {
  const salvaged = salvage(MachineConfig, raw, standIns);
  if (salvaged === null) return null;
  const { value, wrong } = salvaged;
  const parts = wrong.map(([part]) => meant(String(part), MachineConfig.entries));
  const following = parts.flatMap((part) => (part !== undefined && Object.hasOwn(followers, part) ? [followers[part] as Path] : []));
  return {
    value,
    wrong: [...wrong, ...following],
    doubtfulReads: new Set(wrong.flatMap(([part, read, key]) => (part === "reads" && !isBesidePoints(key) ? [Number(read)] : []))),
    isDerivedKnown: !parts.includes("derived"),
  };
}

// Which points a read brings does not hang on these.
const isBesidePoints = (key: string | number | undefined): boolean =>
  ["bus", "unit", "every"].includes(meant(String(key), ReadConfig.entries) ?? "");

const meant = (key: string, entries: Record<string, unknown>): string | undefined => nearest(key, Object.keys(entries));

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const entriesOf = (value: unknown): Record<string, unknown> => (isMapping(value) ? value : {});
