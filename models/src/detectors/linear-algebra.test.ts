import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { distance } from "./distance.ts";
import { invertSpd } from "./invert-spd.ts";
import { ledoitWolf } from "./ledoit-wolf.ts";
import { ridgeAr2 } from "./ridge-ar2.ts";

const figure = fc.double({ min: -5, max: 5, noNaN: true });
const rowsOf = (size: number) =>
  fc.array(
    fc.array(figure, { minLength: size, maxLength: size }).map((row) => Float64Array.from(row)),
    { minLength: 8, maxLength: 30 },
  );
const near = (a: number, b: number, tolerance = 1e-6) => assert.ok(Math.abs(a - b) <= tolerance * (1 + Math.abs(b)), `${a} is not ${b}`);

test("inverse times matrix is the identity", () => {
  fc.assert(
    fc.property(rowsOf(4), (rows) => {
      const matrix = ledoitWolf(rows, 4).map((value, i) => value + (i % 5 === 0 ? 0.1 : 0));
      const inverse = invertSpd(matrix, 4);
      for (let i = 0; i < 4; i += 1)
        for (let j = 0; j < 4; j += 1) {
          let sum = 0;
          for (let k = 0; k < 4; k += 1) sum += (inverse[i * 4 + k] as number) * (matrix[k * 4 + j] as number);
          near(sum, i === j ? 1 : 0);
        }
    }),
  );
});

test("a matrix that is not positive definite is refused", () => {
  assert.throws(() => invertSpd(Float64Array.of(1, 2, 2, 1), 2), RangeError);
});

test("shrinkage keeps the trace and comes down as rows come in", () => {
  const rows = Array.from({ length: 2000 }, (_, i) => Float64Array.of(Math.sin(i), Math.sin(i) + 0.1 * Math.cos(7 * i)));
  const [a, b, , d] = ledoitWolf(rows, 2) as unknown as [number, number, number, number];
  near(a + d, 0.5 + 0.505, 0.01);
  near(b, 0.5, 0.02);
});

test("AR(2) coefficients are found again where there is no ridge, and none come of nothing", () => {
  const z = [1, 0.5];
  for (let i = 2; i < 200; i += 1) z.push(1.2 * (z[i - 1] as number) - 0.5 * (z[i - 2] as number) + Math.sin(i * i));
  const [a1, a2] = ridgeAr2(
    z.slice(2).map((value, i) => [value, z[i + 1] as number, z[i] as number]),
    0,
  );
  near(a1, 1.2, 0.05);
  near(a2, -0.5, 0.05);
  assert.deepEqual(ridgeAr2([[Number.NaN, 1, 1]], 0.1), [0, 0]);
});

test("with a hidden point the distance is that of the others alone", () => {
  fc.assert(
    fc.property(rowsOf(3), fc.array(figure, { minLength: 3, maxLength: 3 }), fc.nat(2), (rows, residual, hidden) => {
      const covariance = ledoitWolf(rows, 3).map((value, i) => value + (i % 4 === 0 ? 0.1 : 0));
      const visible = [0, 1, 2].filter((p) => p !== hidden);
      const marginal = Float64Array.from(visible.flatMap((i) => visible.map((j) => covariance[i * 3 + j] as number)));
      const expected = distance(
        Float64Array.from(visible, (p) => residual[p] as number),
        [...invertSpd(marginal, 2)],
        [],
      ).distance;
      const found = distance(
        Float64Array.from(residual, (value, p) => (p === hidden ? 0 : value)),
        [...invertSpd(covariance, 3)],
        [hidden],
      ).distance;
      near(found, expected, 1e-6);
    }),
  );
});
