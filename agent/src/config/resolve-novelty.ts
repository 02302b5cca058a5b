// `novelty` of a machine → the points that are watched each by itself; and what is wrong with it.
import type { MachineConfig } from "@millwright/contract/agent-config";
import { type ConfigReport, didYouMean, type Path } from "./config-report.ts";
import type { ResolvedPoint } from "./resolved-config.ts";

/** @param known the machine's points; null where they are not all known, because something else is wrong */
export function resolveNovelty(
  { novelty = [] }: Pick<MachineConfig, "novelty">,
  known: readonly ResolvedPoint[] | null,
  path: Path,
  report: ConfigReport,
): string[] {
  const names = typeof novelty === "string" ? [novelty] : novelty;
  for (const [i, name] of names.entries()) {
    const at = [...path, "novelty", ...(typeof novelty === "string" ? [] : [i])];
    const point = known?.find((one) => one.name === name);
    const others = known?.map((one) => one.name) ?? [];
    if (known !== null && point === undefined) report.error(at, `"${name}" is not a point of this machine. ${didYouMean(name, others)}`);
    if (point?.role === "update_counter") report.error(at, `"${name}" counts updates: each value is new. Give a point that measures.`);
    if (names.indexOf(name) < i) report.error(at, `"${name}" is watched already. Give each point once.`);
  }
  return names;
}
