// Linear indices of wear: of all points of one row, the sum that follows the remaining life best (ridge). One index per cap: early wear and the
// end show in different points. A sum over points is far less noisy than any of them, which trees, looking at one column at a time, cannot see.
import { invertSpd } from "../detectors/invert-spd.ts";
import { prognosisSettings } from "../settings.ts";

/** @param rows standardised values @param lives remaining cycles of each row @returns weights [index][point], each index with spread 1 over the rows */
export function learnWearIndices(rows: readonly (readonly number[])[], lives: readonly number[]): number[][] {
  const points = rows[0]?.length ?? 0;
  const gram = new Float64Array(points * points);
  for (const row of rows)
    for (let i = 0; i < points; i += 1)
      for (let j = 0; j < points; j += 1) gram[i * points + j] = (gram[i * points + j] as number) + (row[i] as number) * (row[j] as number);
  for (let i = 0; i < points; i += 1) gram[i * points + i] = (gram[i * points + i] as number) + prognosisSettings.indexRidge * rows.length;
  const inverse = invertSpd(gram, points);
  return prognosisSettings.indexCaps.map((cap) => {
    const targets = lives.map((life) => Math.min(cap, life));
    const mean = targets.reduce((sum, target) => sum + target, 0) / targets.length;
    const cross = Array.from({ length: points }, (_, p) =>
      rows.reduce((sum, row, r) => sum + (row[p] as number) * ((targets[r] as number) - mean), 0),
    );
    const weights = Array.from({ length: points }, (_, i) =>
      cross.reduce((sum, value, j) => sum + value * (inverse[i * points + j] as number), 0),
    );
    const spread = Math.sqrt(rows.reduce((sum, row) => sum + wearIndex(row, weights) ** 2, 0) / rows.length);
    return weights.map((weight) => (spread > 0 ? weight / spread : 0));
  });
}

export const wearIndex = (row: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, p) => sum + weight * (row[p] as number), 0);
