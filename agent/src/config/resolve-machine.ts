// One machine of the configuration → its points, reads and limits; and what is wrong with it.
import type { MachineConfig } from "@millwright/contract/agent-config";
import type { PointLimits } from "@millwright/contract/template-point";
import { bundleFolder } from "./bundle-folder.ts";
import { checkBusFits } from "./check-bus-fits.ts";
import { checkLimits } from "./check-limits.ts";
import { checkPeriods } from "./check-periods.ts";
import { besides, type ConfigReport, didYouMean, type Path } from "./config-report.ts";
import { resolveDerived } from "./resolve-derived.ts";
import { resolveNovelty } from "./resolve-novelty.ts";
import { resolvePoints } from "./resolve-points.ts";
import { resolvePrognosis } from "./resolve-prognosis.ts";
import { resolveRunning } from "./resolve-running.ts";
import { resolveSpeed } from "./resolve-waveforms.ts";
import { resolveWear } from "./resolve-wear.ts";
import { resolveZones } from "./resolve-zones.ts";
import type { ResolvedBus, ResolvedMachine, ResolvedPoint, ResolvedRead } from "./resolved-config.ts";
import type { DraftMachine } from "./salvage-config.ts";
import type { TemplateLibrary } from "./template-library.ts";

export type Surroundings = {
  readonly site: string;
  /** null where they cannot be told. */
  readonly busNames: readonly string[] | null;
  /** False where a template that is not found may lie in a folder that cannot be told. */
  readonly areTemplatesKnown: boolean;
  /** Of the buses without a mistake. */
  readonly busKinds: ReadonlyMap<string, ResolvedBus["kind"]>;
  readonly library: TemplateLibrary;
  /** Resolves a path of the file to an absolute one. */
  readonly pathOf: (path: string) => string;
  readonly report: ConfigReport;
};

/** The machine as far as it can be known; use it only where nothing was reported. */
export function resolveMachine(name: string, draft: DraftMachine, everywhere: Surroundings): ResolvedMachine {
  const path = ["machines", name];
  const { value: machine, wrong } = draft;
  const around = { ...everywhere, report: besides(everywhere.report, path, wrong) };
  const { points: read, reads, limits, isWhole } = resolveReads(draft, path, around);
  const made = resolveDerived(machine.derived, isWhole ? read : null, [...path, "derived"], around.report);
  const points = [...read, ...made.points];
  const known = isWhole ? points.map((point) => point.name) : null;
  const running = resolveRunning(machine, known, path, around.report);
  const zones = resolveZones(machine, isWhole ? points : null, path, around.report);
  const wear = resolveWear(machine, { points: isWhole ? points : null, reads }, path, around.report);
  const novelty = resolveNovelty(machine, isWhole ? points : null, path, around.report);
  const counterIndex = points.findIndex(({ role }) => role === "update_counter");
  const resolved: ResolvedMachine = {
    site: machine.site ?? around.site,
    name,
    class: machine.class,
    model: resolveModel(machine, [...path, "model"], around),
    ...(machine.prognosis === undefined
      ? {}
      : {
          prognosis: resolvePrognosis(
            machine.prognosis,
            { points: known, limits: { ...limits, ...machine.limits }, older: machine.older_model },
            [...path, "prognosis"],
            around,
          ),
        }),
    everyMs: machine.every,
    learnRows: machine.learn.rows,
    ...(machine.model_old_after === undefined ? {} : { modelOldAfterMs: machine.model_old_after }),
    points,
    reads: reads.map((one, i) => withSpeeds(one, isWhole ? read : null, [...path, "reads", i], around.report)),
    derived: made.derived,
    ...running,
    ...(zones.length === 0 ? {} : { zones }),
    ...(wear.length === 0 ? {} : { wear }),
    ...(novelty.length === 0 ? {} : { novelty }),
    counterIndex: counterIndex < 0 ? null : counterIndex,
    limits: { ...limits, ...machine.limits },
  };
  checkMachineLimits(machine.limits, known, [...path, "limits"], around.report);
  if (isWhole) checkPeriods(resolved, path, around.report);
  return resolved;
}

type Reads = { points: ResolvedPoint[]; reads: ResolvedRead[]; limits: Record<string, PointLimits>; isWhole: boolean };

function resolveReads({ value, doubtfulReads, isDerivedKnown }: DraftMachine, path: Path, around: Surroundings): Reads {
  const { busNames, busKinds, library, areTemplatesKnown, report } = around;
  const all: Reads = { points: [], reads: [], limits: {}, isWhole: isDerivedKnown };
  const from = new Map<string, number>();
  for (const [i, read] of value.reads.entries()) {
    const at = [...path, "reads", i];
    if (busNames !== null && !busNames.includes(read.bus))
      report.error([...at, "bus"], `"${read.bus}" is not one of the buses. ${didYouMean(read.bus, busNames)}`);
    const found = library.find(read.template);
    if (found.kind === "unknown" && areTemplatesKnown) report.error([...at, "template"], found.message);
    if (found.kind === "good") checkBusFits(read, found.template, busKinds.get(read.bus), at, report);
    if (found.kind !== "good" || doubtfulReads.has(i)) {
      all.isWhole = false;
      continue;
    }
    const { points, sourceOf, rulesOf, limits, isWhole } = resolvePoints(read, found.template, at, report);
    all.isWhole &&= isWhole;
    const fresh = points.filter((point) => isFresh(point, all.points, from, at, report));
    for (const { name } of fresh) from.set(name, i);
    const pointIndexes = fresh.map((_, k) => all.points.length + k);
    all.points.push(...fresh);
    const taken = fresh.map(({ name }) => name);
    const waveforms = rulesOf(taken);
    all.reads.push({
      bus: read.bus,
      template: read.template,
      everyMs: read.every,
      pointIndexes,
      source: sourceOf(taken),
      ...(waveforms.length === 0 ? {} : { waveforms }),
    });
    Object.assign(all.limits, limits);
  }
  return all;
}

// A speed may come from a read that stands behind its waveform's.
function withSpeeds(read: ResolvedRead, points: readonly ResolvedPoint[] | null, path: Path, report: ConfigReport): ResolvedRead {
  const { waveforms } = read;
  if (waveforms === undefined) return read;
  return { ...read, waveforms: waveforms.map((rule) => resolveSpeed(rule, points, [...path, "waveforms", rule.name], report)) };
}

function isFresh(
  point: ResolvedPoint,
  points: readonly ResolvedPoint[],
  from: ReadonlyMap<string, number>,
  at: Path,
  report: ConfigReport,
): boolean {
  const before = from.get(point.name);
  const counter = point.role === "update_counter" ? points.find(({ role }) => role === "update_counter") : undefined;
  if (before !== undefined)
    report.error(
      [...at, "template"],
      `brings point "${point.name}", which reads.${before} brings already. Say with only: which points each read shall bring.`,
    );
  else if (counter !== undefined)
    report.error(
      [...at, "template"],
      `brings a second update counter "${point.name}" besides "${counter.name}". A machine has one: leave one out with only:.`,
    );
  return before === undefined && counter === undefined;
}

function checkMachineLimits(limits: MachineConfig["limits"], known: readonly string[] | null, path: Path, report: ConfigReport): void {
  for (const [point, its] of Object.entries(limits)) {
    const wrong = checkLimits(its);
    if (wrong !== null) report.error([...path, point, wrong.side], wrong.message);
    if (known !== null && !known.includes(point))
      report.error([...path, point], `is not a point of this machine. ${didYouMean(point, known)}`, "key");
  }
}

function resolveModel({ model, older_model }: MachineConfig, path: Path, around: Surroundings): ResolvedMachine["model"] {
  if (model === "auto") return { kind: "auto" };
  const dir = bundleFolder(model, 'Give the folder of a bundle, or "auto" to learn on the box.', path, around);
  return { kind: "bundle", dir, older: older_model };
}
