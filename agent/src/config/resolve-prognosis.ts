// What is forecast of a machine, as the configuration says it → with its limit found and its folder looked at; and what is wrong with it.
import type { PrognosisConfig } from "@millwright/contract/agent-config";
import type { PointLimits } from "@millwright/contract/template-point";
import { bundleFolder, type FolderLook } from "./bundle-folder.ts";
import { didYouMean, type Path } from "./config-report.ts";
import type { ResolvedPrognosis } from "./resolved-config.ts";

/** Where the configuration names none: a day, a week, a month. */
export const defaultHorizonsMs = [24, 7 * 24, 30 * 24].map((hours) => hours * 3_600_000);

/** @param machine its `points`, null where they are not known, its limits, and what it says of an older bundle */
export function resolvePrognosis(
  { bundle = "", wear_of: wearOf, points, horizons, horizons_cycles: horizonsCycles, load, load_exponent: exponent }: PrognosisConfig,
  machine: { points: readonly string[] | null; limits: Readonly<Record<string, PointLimits>>; older: "refuse" | "accept" },
  path: Path,
  around: FolderLook,
): ResolvedPrognosis {
  const known = machine.points;
  if (wearOf !== undefined) {
    const limits = machine.limits[wearOf];
    const limit = limits?.critical_high ?? limits?.warning_high ?? null;
    if (known !== null && wearOf !== "score" && !known.includes(wearOf))
      around.report.error([...path, "wear_of"], `"${wearOf}" is not a point of this machine. ${didYouMean(wearOf, known)}`);
    else if (known !== null && wearOf !== "score" && limit === null)
      around.report.error([...path, "wear_of"], `"${wearOf}" has no upper limit to wear towards. Give it one under limits: critical_high.`);
    if (known !== null && load !== undefined && !known.includes(load))
      around.report.error([...path, "load"], `"${load}" is not a point of this machine. ${didYouMean(load, known)}`);
    const ofLoad = load === undefined ? {} : { load: { point: load, exponent } };
    return { kind: "wear", of: wearOf, limit, horizonsMs: horizons ?? defaultHorizonsMs, ...ofLoad };
  }
  for (const [name, point] of Object.entries(points))
    if (known !== null && !known.includes(point))
      around.report.error([...path, "points", name], `"${point}" is not a point of this machine. ${didYouMean(point, known)}`);
  const dir = bundleFolder(bundle, "Give the folder of a prognosis bundle.", [...path, "bundle"], around);
  return { kind: "bundle", dir, older: machine.older, points, horizonsMs: horizons ?? null, horizonsCycles: horizonsCycles ?? null };
}
