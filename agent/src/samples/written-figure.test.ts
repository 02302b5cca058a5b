import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { writtenFigure } from "./written-figure.ts";

const digitsOf = (value: number): number => value.toExponential().replace(/e.*/, "").replaceAll(/[-.]/g, "").length;

test("what a float32 register shows is written in as few digits as it takes, and is the same float32", () => {
  assert.equal(writtenFigure(Math.fround(49.12346)), 49.12346);
  assert.equal(writtenFigure(Math.fround(0.1)), 0.1);
  assert.equal(writtenFigure(Math.fround(-999.99994)), -999.99994);
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const written = writtenFigure(value);
      assert.equal(Math.fround(written), value);
      if (Math.abs(value) > 1e-13 && Math.abs(value) < 1e9 && !Number.isInteger(value * 1_000))
        assert.ok(digitsOf(written) <= 9, String(written));
    }),
  );
});

test("what scaling added to a number is taken off again", () => {
  assert.equal(writtenFigure(234 * 0.1), 23.4);
  assert.equal(writtenFigure(0.1 + 0.2), 0.3);
  assert.equal(writtenFigure(1_732_735_375 * 0.001), 1_732_735.375);
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }), fc.constantFrom(0.1, 0.01, 0.001), (raw, scale) => {
      assert.equal(writtenFigure(raw * scale), Number((raw * scale).toPrecision(15)));
    }),
  );
});

test("every other number is written as it is", () => {
  for (const value of [4_294_967_295, 2 ** 53 + 2, 1 / 3, Math.PI, -0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 1e300])
    assert.ok(Object.is(writtenFigure(value), value), String(value));
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.ok(Math.abs(writtenFigure(value) - value) <= (Math.fround(value) === value ? 1e-8 : 1e-15) * Math.abs(value));
    }),
  );
});
