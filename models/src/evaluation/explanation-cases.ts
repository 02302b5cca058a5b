// Faults put into a healthy recording, one signal at a time, to ask whether the explanation names the signal that was changed.
// A case: `learnRows` rows from `start` teach, `quietRows` follow untouched, then one signal is moved by 4 σ (σ = its spread while learning):
// at once (step) or in a straight line over `driftRows` (drift), up or down, and stays so. Nothing here looks at a verdict.
import { meanOf, spreadOf } from "../detectors/statistics.ts";
import type { Row } from "../features/row.ts";
import { disturbRow } from "./disturb-row.ts";
import type { Recording } from "./parse-skab-file.ts";

/** `askedAfter`: rows from the fault to the question why, put whether there is an alarm or not: a step has settled, a drift has ended. */
export const explanationProtocol = {
  learnRows: 600,
  quietRows: 60,
  faultRows: 300,
  driftRows: 150,
  sizeSigmas: 4,
  positions: 12,
  askedAfter: { step: 60, drift: 150 },
} as const;

export type ExplanationCase = {
  readonly kind: "step" | "drift";
  readonly signal: string;
  readonly point: number;
  readonly sign: 1 | -1;
  /** Row of the recording at which learning begins, and the one at which the fault does. */
  readonly start: number;
  readonly faultAt: number;
};

/** Positions are spread evenly over the recording; up and down take turns. A recording that is too short gives no case. */
export function explanationCases({ points, rows }: Recording): ExplanationCase[] {
  const { learnRows, quietRows, faultRows, positions } = explanationProtocol;
  const room = rows.length - (learnRows + quietRows + faultRows);
  if (room < 0) return [];
  return Array.from({ length: positions }, (_, n) => Math.floor((room * n) / Math.max(1, positions - 1))).flatMap((start, n) =>
    points.flatMap(({ name: signal }, point) =>
      (["step", "drift"] as const).map(
        (kind): ExplanationCase => ({
          kind,
          signal,
          point,
          sign: (n + point) % 2 === 0 ? 1 : -1,
          start,
          faultAt: start + learnRows + quietRows,
        }),
      ),
    ),
  );
}

/** The learning rows of a case, and those after them with the fault in it; the recording is left as it is. */
export function rowsOfCase({ rows }: Recording, one: ExplanationCase): { learning: Row[]; judged: Row[] } {
  const { learnRows, quietRows, faultRows, driftRows, sizeSigmas } = explanationProtocol;
  const learning = rows.slice(one.start, one.start + learnRows);
  const values = learning.map((row) => row.values[one.point] as number);
  const size = one.sign * sizeSigmas * spreadOf(values, meanOf(values));
  const judged = rows.slice(one.start + learnRows, one.start + learnRows + quietRows + faultRows).map((row, i) => {
    return disturbRow(row, { ...one, size, driftRows }, i - quietRows);
  });
  return { learning, judged };
}
