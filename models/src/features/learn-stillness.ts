// Learns from healthy rows how long each point may stand still.
// A point that froze *while learning* gives itself away: its longest run is far longer than its second longest.
import type { ModelPoint, PointStillness } from "@millwright/contract/model-manifest";
import { counted } from "@millwright/kit/counted";
import { stillnessSettings } from "../settings.ts";
import type { Row } from "./row.ts";

export function learnStillness(points: readonly ModelPoint[], rows: readonly Row[]): PointStillness[] {
  return points.map(({ name }, p) => learnPoint(name, runsOf(rows.map(({ values }) => values[p] as number))));
}

function learnPoint(point: string, runs: readonly number[]): PointStillness {
  const [longest = 0, second = 0] = [...runs].sort((a, b) => b - a);
  if (runs.length < 2) {
    const note = longest === 0 ? `${point} gave no good value while learning` : undefined;
    return { point, longest_rows: longest, suspicious_rows: null, frozen_rows: null, is_monitored: longest > 0, ...(note ? { note } : {}) };
  }
  const hasFrozen = longest >= frozenRows(second);
  const usual = hasFrozen ? second : longest;
  return {
    point,
    longest_rows: usual,
    suspicious_rows: Math.ceil(stillnessSettings.suspiciousFactor * usual) + stillnessSettings.suspiciousRows,
    frozen_rows: frozenRows(usual),
    is_monitored: !hasFrozen,
    ...(hasFrozen
      ? {
          note: `${point} stood still for ${counted(longest, "row")} while learning (usually at most ${second}), so the model does without it`,
        }
      : {}),
  };
}

const frozenRows = (usual: number): number => stillnessSettings.frozenFactor * usual + stillnessSettings.frozenRows;

/** Lengths of the runs of equal values; bad values are passed over. */
function runsOf(values: readonly number[]): number[] {
  const runs: number[] = [];
  let last = Number.NaN;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value === last) runs[runs.length - 1] = (runs.at(-1) as number) + 1;
    else runs.push(1);
    last = value;
  }
  return runs;
}
