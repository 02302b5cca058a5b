import type { Row } from "../features/row.ts";

/** A fault in one signal that stays: `size` added at once (step), or in a straight line over `driftRows` rows (drift). */
export type Disturbance = { readonly point: number; readonly kind: "step" | "drift"; readonly size: number; readonly driftRows: number };

/** @param age rows since the fault began; before it (below 0) the row is as it was */
export function disturbRow(row: Row, { point, kind, size, driftRows }: Disturbance, age: number): Row {
  if (age < 0) return row;
  const share = kind === "step" ? 1 : Math.min(1, (age + 1) / driftRows);
  return { ...row, values: row.values.map((value, p) => (p === point ? value + share * size : value)) };
}
