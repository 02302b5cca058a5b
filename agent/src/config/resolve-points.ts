// One read of a machine → its points and how they are asked for, as the template says and `only` allows.
import type { ReadConfig } from "@millwright/contract/agent-config";
import type { DeviceTemplate } from "@millwright/contract/device-template";
import type { RegisterTemplate } from "@millwright/contract/register-template";
import type { PointLimits } from "@millwright/contract/template-point";
import type { WaveformRule } from "../samples/waveform-points.ts";
import { type ConfigReport, didYouMean, type Path } from "./config-report.ts";
import { readPoints } from "./read-points.ts";
import { checkWaveformNames, resolveWaveform, type Waveform } from "./resolve-waveforms.ts";
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
      const waveform = resolveWaveform(
        name,
        point,
        read.waveforms?.[name] ?? { direction: "radial" },
        [...path, "waveforms", name],
        report,
      );
      waveforms.push(waveform);
      points.push(...waveform.points);
      continue;
    }
    const { range, max_rate, flat_after, enum: words } = point;
    points.push({
      name,
      unit: point.unit,
      role: point.role,
      ...(range === undefined ? {} : { range }),
      ...(max_rate === undefined ? {} : { maxRate: max_rate }),
      ...(flat_after === undefined ? {} : { flatAfterMs: flat_after }),
      ...(words === undefined ? {} : { enum: words }),
    });
    if (point.limits !== undefined) limits[name] = point.limits;
  }
  const sourceOf = (taken: readonly string[]): ReadSource => source(template, unit ?? null, taken, waveforms);
  const rulesOf = (taken: readonly string[]): WaveformRule[] => waveforms.map((waveform) => ruleOf(waveform, taken));
  return { points, sourceOf, rulesOf, limits, isWhole: (only ?? []).every((name) => names.includes(name)) };
}

function ruleOf({ rule, points }: Waveform, taken: readonly string[]): WaveformRule {
  const places = points.map(({ name }): [string, number] => [name.slice(rule.name.length + 1), taken.indexOf(name)]);
  return { ...rule, places: Object.fromEntries(places.filter(([, place]) => place >= 0)) };
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

function registers(template: RegisterTemplate, unit: number, names: readonly string[]): ReadSource {
  const { base, max_block, max_gap, forbidden, atomic, pause, pipeline } = template;
  const points = readPoints(template, names);
  return {
    protocol: "modbus",
    unit,
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
