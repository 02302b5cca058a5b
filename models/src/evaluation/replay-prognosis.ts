// A prognosis run over histories of machines, each from its first cycle on, through the code the agent runs: stream → ONNX. Nothing is learned.
import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import { Fault } from "@millwright/kit/fault";
import { medianOf } from "../detectors/statistics.ts";
import type { PrognosisBundle } from "../onnx/build-prognosis-bundle.ts";
import { openPrognosis, type PrognosisScorer } from "../onnx/prognosis-session.ts";
import { type CycleEnd, PrognosisStream } from "../prognosis/prognosis-stream.ts";
import type { Recording } from "./parse-skab-file.ts";
import type { Life } from "./read-lives.ts";

/** Of one cycle. `row`: of the file, where the cycle ends. */
export type ReplayedCycle = {
  readonly unit: number | null;
  readonly row: number;
  readonly atMs: number;
  readonly cycle: number;
  /** Low, middle, high in cycles, then P(fail) for each of the bundle's horizons; null: there is none, because of `reason`. */
  readonly figures: readonly number[] | null;
  readonly reason: UnavailableReason | null;
  /** Cycles that were left in truth; NaN where not known. */
  readonly remaining: number;
};

type History = Pick<Recording, "points" | "rows">;

/** Ms between two rows: the median. */
export const periodOf = ({ rows }: History): number => medianOf(rows.slice(1).map(({ atMs }, n) => atMs - (rows[n]?.atMs ?? 0)));

/** @param history of one machine, from its first cycle on @returns what each row ends; null within a cycle @throws Fault history_mismatch */
export function cycleEnds(manifest: PrognosisManifest, history: History): (CycleEnd | null)[] {
  const { id, features } = manifest;
  const place = (name: string): number => history.points.findIndex((point) => point.name === name);
  const needed = [...features.settings, ...features.live.map((p) => features.points[p] as string)];
  const missing = needed.filter((name) => place(name) === -1);
  if (missing.length > 0)
    throw new Fault("history_mismatch", "config", `the history has no column for ${missing.join(", ")}, which ${id} needs`);
  const stream = new PrognosisStream({ manifest, periodMs: periodOf(history) });
  const [settings, points] = [features.settings.map(place), features.points.map(place)];
  const at = (values: Float64Array, places: readonly number[]): number[] => places.map((column) => values[column] ?? Number.NaN);
  return history.rows.map(({ values }) => stream.push({ settings: at(values, settings), values: at(values, points) }));
}

/** @throws Fault history_mismatch, session_failed */
export async function replayPrognosis({ manifest, model }: PrognosisBundle, lives: readonly Life[]): Promise<ReplayedCycle[]> {
  const { features, horizons_cycles: horizons } = manifest;
  const scorer = await openPrognosis(model, { features: features.columns, horizons: horizons.length });
  try {
    const replayed: ReplayedCycle[] = [];
    for (const life of lives) replayed.push(...(await replayLife(manifest, life, scorer)));
    return replayed;
  } finally {
    await scorer.close();
  }
}

async function replayLife(manifest: PrognosisManifest, life: Life, scorer: PrognosisScorer): Promise<ReplayedCycle[]> {
  const { unit, firstRow, rows, remaining } = life;
  const ends = cycleEnds(manifest, life).flatMap((end, n) => (end === null ? [] : [{ end, n }]));
  const asked = ends.flatMap(({ end }) => (end.features === null ? [] : [end.features]));
  const batch = new Float32Array(asked.length * manifest.features.columns);
  for (const [n, one] of asked.entries()) batch.set(one, n * manifest.features.columns);
  const found = asked.length === 0 ? [] : await scorer.forecast(batch, asked.length);
  let next = 0;
  return ends.map(({ end, n }) => ({
    unit,
    row: firstRow + n,
    atMs: rows[n]?.atMs ?? 0,
    cycle: end.cycle,
    figures: end.features === null ? null : (found[next++] as number[]),
    reason: end.features === null ? end.reason : null,
    remaining: remaining?.[n] ?? Number.NaN,
  }));
}
