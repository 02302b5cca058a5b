// Which zones of vibration standards a configuration amounts to, as lines for a person and as figures for a program. Pure.
import { durationText } from "./check-periods.ts";
import type { ResolvedConfig, ResolvedMachine } from "./resolved-config.ts";

export type ZoneSummary = {
  machine: string;
  point: string;
  standard: string;
  /** A/B, B/C, C/D. */
  boundaries_mm_s: readonly number[];
  persistence_rows: number;
};

export const zoneSummaries = ({ machines }: ResolvedConfig): ZoneSummary[] =>
  machines.flatMap(({ name, zones = [] }) =>
    zones.map(({ point, standard, boundariesMmS, persistenceRows }) => ({
      machine: name,
      point,
      standard,
      boundaries_mm_s: boundariesMmS,
      persistence_rows: persistenceRows,
    })),
  );

/** One line for each standard of each machine. */
export const zoneLines = ({ machines }: ResolvedConfig): string[] => machines.flatMap(linesOf);

function linesOf({ name, everyMs, zones = [], running }: ResolvedMachine): string[] {
  return [...Map.groupBy(zones, ({ standard }) => standard)].flatMap(([standard, rules]) => {
    const [first] = rules;
    if (first === undefined) return [];
    const [ab, bc, cd] = first.boundariesMmS;
    const points = rules.map(({ point }) => point).join(", ");
    const when = `after ${durationText(first.persistenceRows * everyMs)}${running === undefined ? "" : " while it runs"}`;
    return [`${name}: ${points} by ${standard}, mm/s RMS: A to ${ab}, B to ${bc}, C to ${cd} is a warning, D above is critical, ${when}`];
  });
}
