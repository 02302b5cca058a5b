// agent.yaml and the templates it names → a configuration ready to run, or every mistake at once, each with its place and what to do.
import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { AgentConfig } from "@millwright/contract/agent-config";
import { type FileIssue, parseYaml, readYamlFile, type YamlFile } from "@millwright/kit/yaml-file";
import * as v from "valibot";
import { checkGateway } from "./check-gateway.ts";
import { checkLineTime } from "./check-line-time.ts";
import { besides, type ConfigReport, configReport } from "./config-report.ts";
import { configRevision } from "./config-revision.ts";
import { resolveBuses } from "./resolve-bus.ts";
import { resolveMachine, type Surroundings } from "./resolve-machine.ts";
import type { ResolvedBus, ResolvedConfig, ResolvedMachine } from "./resolved-config.ts";
import { type ConfigDraft, salvageConfig } from "./salvage-config.ts";
import { TemplateLibrary } from "./template-library.ts";

export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: ResolvedConfig;
      /** The templates as this configuration finds them. */
      readonly library: TemplateLibrary;
      readonly warnings: readonly FileIssue[];
    }
  | { readonly ok: false; readonly issues: readonly FileIssue[]; readonly warnings: readonly FileIssue[] };

/** Reads only. Never throws for what is in the files. */
export function loadConfig(file: string): LoadedConfig {
  return load(file, (schema) => readYamlFile(file, schema));
}

/** The same for text that is not in a file yet; paths in it are relative to where `file` would be. */
export function loadConfigText(text: string, file: string): LoadedConfig {
  return load(file, (schema) => parseYaml(text, file, schema));
}

function load(file: string, read: <S extends v.GenericSchema>(schema: S) => YamlFile<v.InferOutput<S>>): LoadedConfig {
  const yaml = read(v.unknown());
  if (!yaml.ok) return { ok: false, issues: yaml.issues, warnings: [] };
  const strict = read(AgentConfig);
  const report = configReport(yaml.locate);
  const pathOf = (path: string): string => resolve(dirname(resolve(file)), path);
  const draft = salvageConfig(yaml.value);
  const site = strict.ok ? strict.value.site : "";
  const library = new TemplateLibrary(draft.templates.map(pathOf));
  const parts = check(draft, { site, busNames: draft.busNames, areTemplatesKnown: draft.areTemplatesKnown, library, pathOf, report });
  const issues = [...(strict.ok ? [] : strict.issues), ...report.issues].sort(byPlace).concat(library.issues);
  report.warnings.sort(byPlace);
  if (!strict.ok || issues.length > 0) return { ok: false, issues, warnings: report.warnings };
  return { ok: true, config: resolveConfig(strict.value, parts, pathOf), library, warnings: report.warnings };
}

type Parts = { buses: ResolvedBus[]; machines: ResolvedMachine[] };

function check(draft: ConfigDraft, around: Omit<Surroundings, "busKinds">): Parts {
  const { pathOf, report } = around;
  for (const [i, folder] of draft.templates.entries()) {
    if (!isFolder(pathOf(folder)))
      report.error(["templates", i], `"${folder}" is not a folder. Give the folder that holds <vendor>/<device>.yaml.`);
  }
  if (draft.gateway !== null) checkGateway(draft.gateway.value, pathOf, besides(report, ["gateway"], draft.gateway.wrong));
  if (draft.dataDir !== null && existsSync(pathOf(draft.dataDir)) && !isFolder(pathOf(draft.dataDir)))
    report.error(["data_dir"], `"${draft.dataDir}" is a file. Give a folder.`);
  const buses = resolveBuses(draft.buses, pathOf, report);
  const busKinds = new Map(buses.map(({ name, kind }) => [name, kind]));
  const machines = draft.machines.map(([name, machine]) => resolveMachine(name, machine, { ...around, busKinds }));
  if (draft.isWhole && machines.length === 0) report.error(["machines"], "is empty. Add at least one machine.", "key");
  if (draft.isWhole) warnOfUnusedBuses(draft, report);
  for (const bus of buses) checkLineTime(bus, machines, report);
  return { buses, machines };
}

function warnOfUnusedBuses({ busNames, machines }: ConfigDraft, report: ConfigReport): void {
  const used = new Set(machines.flatMap(([, { value }]) => value.reads.map(({ bus }) => bus)));
  for (const name of (busNames ?? []).filter((bus) => !used.has(bus))) report.warn(["buses", name], "is read by no machine.", "key");
}

function resolveConfig(
  { tenant, agent, site, gateway, data_dir, buffer, trusted_keys }: AgentConfig,
  { buses, machines }: Parts,
  pathOf: (path: string) => string,
): ResolvedConfig {
  const { url, username = null, password_file } = gateway;
  const meaning = { tenant, agent, site, buffer: { maxBytes: bytesOf(buffer.max), keepMs: buffer.keep }, buses, machines };
  return {
    ...meaning,
    gateway: { url, username, passwordFile: password_file === undefined ? null : pathOf(password_file) },
    dataDir: pathOf(data_dir),
    trustedKeys: trusted_keys,
    revision: configRevision({
      ...meaning,
      buses: buses.map((bus) => (bus.kind === "http-json" ? { ...bus, headersFile: bus.headersFile !== null } : bus)),
      machines: machines.map(({ prognosis, ...machine }) => ({
        ...machine,
        model: machine.model.kind,
        ...(prognosis === undefined ? {} : { prognosis: prognosis.kind === "wear" ? prognosis : { ...prognosis, dir: undefined } }),
      })),
      gateway: { url, username },
      ...(Object.keys(trusted_keys).length === 0 ? {} : { trustedKeys: trusted_keys }),
    }),
  };
}

const bytesOf = (size: string): number => Number.parseInt(size, 10) * (size.endsWith("GB") ? 1e9 : 1e6);

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const byPlace = (a: FileIssue, b: FileIssue): number => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
