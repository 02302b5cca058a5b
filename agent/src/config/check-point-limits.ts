// What every point of a template must keep, whatever its bus: a range with its lower end first, limits in order.
import type { PointLimits } from "@millwright/contract/template-point";
import { checkLimits } from "./check-limits.ts";
import type { ConfigReport, Path } from "./config-report.ts";

type LimitedPoint = { readonly range?: readonly [number, number] | undefined; readonly limits?: PointLimits | undefined };

export function checkPointLimits({ range, limits }: LimitedPoint, path: Path, report: ConfigReport): void {
  if (range !== undefined && range[0] >= range[1])
    report.error([...path, "range"], `must be [lowest, highest], not [${range.join(", ")}].`);
  const wrong = limits === undefined ? null : checkLimits(limits);
  if (wrong !== null) report.error([...path, "limits", wrong.side], wrong.message);
}
