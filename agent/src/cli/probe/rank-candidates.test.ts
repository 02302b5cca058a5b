import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../registers/test-support/seeded.ts";
import { rankCandidates } from "./rank-candidates.ts";
import { type RandomPoint, randomPoint } from "./test-support/random-point.ts";

// Of an int32 that was never negative nothing tells an uint32: what counts is that the first reads the same values.
function isFirst({ samples, order, values, isFloat }: RandomPoint): boolean {
  const [first] = rankCandidates(samples);
  if (first === undefined || first.order !== order || first.length !== 2) return false;
  return first.type.startsWith("float") === isFloat && first.values.every((value, i) => value === values[i]);
}

test("of 100 random points the true type and order come first 95 times or more, on average over 20 hundreds", () => {
  const { random } = seeded("ranking of probe");
  const hundreds = Array.from({ length: 20 }, () => {
    const points = Array.from({ length: 100 }, () => randomPoint(random));
    const wrong = points.filter((point) => !isFirst(point));
    if (process.env["MILLWRIGHT_PROBE_WRONG"] !== undefined)
      for (const point of wrong) {
        const [first] = rankCandidates(point.samples);
        process.stderr.write(
          `${point.name} ${point.order} ${point.values.join(" ")} → ${first?.type} ${first?.order} ${first?.values.join(" ")}\n`,
        );
      }
    return 100 - wrong.length;
  });
  const mean = hundreds.reduce((sum, right) => sum + right, 0) / hundreds.length;
  process.stderr.write(`ranking of probe: first in ${mean} of 100 on average, ${Math.min(...hundreds)} in the worst hundred\n`);
  assert.ok(mean >= 95);
});

test("nothing is lost and shares add up, whatever the registers hold", () => {
  const { random } = seeded("shares of probe");
  for (let n = 0; n < 200; n++) {
    const length = 1 + Math.floor(4 * random());
    const samples = Array.from({ length: 1 + Math.floor(6 * random()) }, () =>
      Array.from({ length }, () => Math.floor(65_536 * random() ** 4)),
    );
    const candidates = rankCandidates(samples);
    const sum = candidates.reduce((all, { score }) => all + score, 0);
    assert.ok(Math.abs(sum - 1) < 1e-9);
    assert.ok(candidates.every((candidate) => candidate.length <= length));
    assert.equal(new Set(candidates.map(({ type, order }) => `${type} ${order}`)).size, candidates.length);
  }
});

test("texts, numbers of one register, doubles and negative numbers", () => {
  const first = (...samples: number[][]) => {
    const [candidate] = rankCandidates(samples);
    return `${candidate?.type} ${candidate?.order} ${candidate?.text ?? candidate?.values.at(-1)}`;
  };
  const text = [0x5350, 0x532d, 0x3132, 0x3300];
  assert.equal(first(text, text), "string ABCD SPS-123");
  assert.equal(first([231, 4100, 17, 902], [232, 4093, 17, 950], [231, 4107, 17, 911]), "uint16 ABCD 231");
  assert.equal(first([0xffe7, 4100, 17, 902], [0xffe8, 4093, 17, 950], [0xffe7, 4107, 17, 911]), "int16 ABCD -25");
  const double = (value: number): number[] => {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return [0, 2, 4, 6].map((at) => view.getUint16(at));
  };
  assert.equal(first(double(21.337), double(21.352), double(21.349), double(21.341)), "float64 ABCD 21.341");
});
