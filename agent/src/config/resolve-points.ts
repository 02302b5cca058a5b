// One read of a machine → its points, as the template says and `only` allows.
import type { ReadConfig } from "@millwright/contract/agent-config";
import type { DeviceTemplate, PointLimits } from "@millwright/contract/device-template";
import { type ConfigReport, didYouMean, type Path } from "./config-report.ts";
import type { ResolvedPoint } from "./resolved-config.ts";

export type ReadPoints = {
  readonly points: readonly ResolvedPoint[];
  readonly limits: Readonly<Record<string, PointLimits>>;
  /** False where `only` has a name that the template does not. */
  readonly isWhole: boolean;
};

/** In the template's order. Unknown names in `only` are reported and left out. */
export function resolvePoints({ only }: ReadConfig, template: DeviceTemplate, path: Path, report: ConfigReport): ReadPoints {
  const names = Object.keys(template.points);
  for (const [i, name] of (only ?? []).entries()) {
    if (!names.includes(name))
      report.error([...path, "only", i], `"${name}" is not a point of ${template.template}. ${didYouMean(name, names)}`);
    else if (only?.indexOf(name) !== i) report.error([...path, "only", i], `"${name}" stands here twice. Remove one.`);
  }
  const points: ResolvedPoint[] = [];
  const limits: Record<string, PointLimits> = {};
  for (const [name, point] of Object.entries(template.points)) {
    if (only !== undefined && !only.includes(name)) continue;
    const { register, table, type, order, scale, offset, unit, range, sentinels, role } = point;
    const address = register - template.base;
    points.push({
      name,
      table,
      address,
      type,
      order: order ?? template.order,
      scale,
      offset,
      sentinels,
      ...(range === undefined ? {} : { range }),
      unit,
      role,
    });
    if (point.limits !== undefined) limits[name] = point.limits;
  }
  return { points, limits, isWhole: (only ?? []).every((name) => names.includes(name)) };
}
