// What a configuration watches for wear and novelty, as lines for a person. Pure.
import { noveltyPeriodMs } from "@millwright/models/decisions/novelty-layer";
import { learningSnapshots } from "@millwright/models/detectors/wear-chart";
import { durationText } from "./check-periods.ts";
import type { ResolvedConfig, ResolvedMachine } from "./resolved-config.ts";

/** One line for each bearing, and one for the single registers of a machine. */
export const layerLines = ({ machines }: ResolvedConfig): string[] => machines.flatMap(linesOf);

function linesOf({ name, everyMs, wear = [], novelty = [] }: ResolvedMachine): string[] {
  const bearings = wear.map(({ levels, bands, everyMs: snapshotMs }) => {
    const stage = bands.length === 0 ? "" : `, its stage by ${bands.join(", ")}`;
    return `${name}: wear by ${levels.join(", ")}${stage}; a snapshot every ${durationText(snapshotMs)}, learned from the first ${learningSnapshots}`;
  });
  const registers = `${name}: novelty of ${novelty.join(", ")}, a value every ${durationText(noveltyPeriodMs(everyMs))}`;
  return [...bearings, ...(novelty.length === 0 ? [] : [registers])];
}
