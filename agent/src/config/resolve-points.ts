// One read of a machine → its points and how they are asked for, as the template says and `only` allows.
import type { ReadConfig } from "@millwright/contract/agent-config";
import type { DeviceTemplate } from "@millwright/contract/device-template";
import type { WaveformPoint } from "@millwright/contract/json-template";
import type { RegisterTemplate } from "@millwright/contract/register-template";
import type { PointLimits } from "@millwright/contract/template-point";
import type { WaveformRule } from "../samples/waveform-points.ts";
import { type ConfigReport, didYouMean, type Path } from "./config-report.ts";
import { readPoints } from "./read-points.ts";
import { checkWaveformNames, resolveWaveform, type Waveform, waveformRule } from "./resolve-waveforms.ts";
import type { ReadSource, ResolvedPoint } from "./resolved-config.ts";

export type ReadPoints = {
  readonly points: readonly ResolvedPoint[];
  /** Where each point's value comes from, for those of `points` that a machine takes from this read. */
  readonly sourceOf: (names: readonly string[]) => ReadSource;
  /** What is known of each waveform, in the order of the source's, for the same points. */
  readonly rulesOf: (names: readonly string[]) => WaveformRule[];
  readonly limits: Readonly<Record<string, PointLimits>>;
  /** False where `only` has a name that the template does not. */
  readonly isWhole: boolean;
};

/** In the template's order; points of role `identity` are for the tools and left out. Unknown names in `only` are reported and left out. */
export function resolvePoints(read: ReadConfig, template: DeviceTemplate, path: Path, report: ConfigReport): ReadPoints {
  const { only, unit } = read;
  const usable = Object.entries(template.points).filter(([, { role }]) => role !== "identity");
  const names = usable.map(([name]) => name);
  for (const [i, name] of (only ?? []).entries()) {
    if (!names.includes(name))
      report.error([...path, "only", i], `"${name}" is not a point of ${template.template}. ${didYouMean(name, names)}`);
    else if (only?.indexOf(name) !== i) report.error([...path, "only", i], `"${name}" stands here twice. Remove one.`);
  }
  const points: ResolvedPoint[] = [];
  const limits: Record<string, PointLimits> = {};
  const waveforms: Waveform[] = [];
  checkWaveformNames(read, template, path, report);
  for (const [name, point] of usable) {
    if (only !== undefined && !only.includes(name)) continue;
    if ("type" in point && point.type === "waveform") {
      const waveform = resolveWaveform(name, point, read.waveforms?.[name], [...path, "waveforms", name], report);
      waveforms.push(waveform);
      points.push(...waveform.points);
      continue;
    }
    points.push(resolvedPoint(name, point));
    if (point.limits !== undefined) limits[name] = point.limits;
  }
  const sourceOf = (taken: readonly string[]): ReadSource => source(template, unit ?? null, taken, waveforms);
  const rulesOf = (taken: readonly string[]): WaveformRule[] => waveforms.map((waveform) => waveformRule(waveform, taken));
  return { points, sourceOf, rulesOf, limits, isWhole: (only ?? []).every((name) => names.includes(name)) };
}

// One object for all machines that read the same template: a box may have 500 of them.
const resolvedPoints = new WeakMap<object, ResolvedPoint>();

function resolvedPoint(name: string, point: Exclude<DeviceTemplate["points"][string], WaveformPoint>): ResolvedPoint {
  const known = resolvedPoints.get(point);
  if (known !== undefined) return known;
  const { range, max_rate, flat_after, enum: words } = point;
  const resolved: ResolvedPoint = {
    name,
    unit: point.unit,
    role: point.role,
    ...(range === undefined ? {} : { range }),
    ...(max_rate === undefined ? {} : { maxRate: max_rate }),
    ...(flat_after === undefined ? {} : { flatAfterMs: flat_after }),
    ...(words === undefined ? {} : { enum: words }),
  };
  resolvedPoints.set(point, resolved);
  return resolved;
}

function source(template: DeviceTemplate, unit: number | null, names: readonly string[], waveforms: readonly Waveform[]): ReadSource {
  switch (template.protocol) {
    case "http-json":
      return {
        protocol: "http-json",
        unit,
        template,
        names,
        ...(waveforms.length === 0 ? {} : { waveforms: waveforms.map(({ rule }) => rule.name) }),
      };
    case "serial-text":
      return { protocol: "serial-text", template, names };
    case "bus-health":
      return { protocol: "bus-health", figures: names.flatMap((name) => template.points[name]?.figure ?? []) };
    default:
      return registers(template, unit ?? 0, names);
  }
}

type Registers = Extract<ReadSource, { protocol: "modbus" }>;

// The same for all devices of a template from which the same points are read.
const registerMaps = new WeakMap<RegisterTemplate, Map<string, Omit<Registers, "unit">>>();

function registers(template: RegisterTemplate, unit: number, names: readonly string[]): Registers {
  const known = registerMaps.get(template) ?? new Map<string, Omit<Registers, "unit">>();
  registerMaps.set(template, known);
  const key = names.join(" ");
  const map = known.get(key) ?? registerMap(template, names);
  known.set(key, map);
  return { ...map, unit };
}

function registerMap(template: RegisterTemplate, names: readonly string[]): Omit<Registers, "unit"> {
  const { base, max_block, max_gap, forbidden, atomic, pause, pipeline } = template;
  const points = readPoints(template, names);
  return {
    protocol: "modbus",
    points,
    maxBlock: max_block,
    maxGap: max_gap,
    forbidden: forbidden.map(({ table, from, to }) => ({ table, from: from - base, to: to - base + 1 })),
    atomic: atomic
      .map((group) => points.flatMap(({ name }, index) => (group.includes(name) ? [index] : [])))
      .filter((group) => group.length > 1),
    pauseMs: pause,
    pipeline,
  };
}
