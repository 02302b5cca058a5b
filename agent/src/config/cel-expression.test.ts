import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { seeded } from "../registers/test-support/seeded.ts";
import { compileExpression } from "./cel-expression.ts";

const points = { power_w: 5, flow: 12.5, head: -2, running: 1 };
const known = Object.keys(points);

function resultOf(text: string): number {
  const compiled = compileExpression(text, known);
  assert.ok(compiled.ok, compiled.ok ? "" : compiled.message);
  return compiled.expression.evaluate(points);
}

const mistake = (text: string): string => {
  const compiled = compileExpression(text, known);
  return compiled.ok ? "good" : `${compiled.at}: ${compiled.message}`;
};

test("whole numbers are numbers like any other", () => {
  assert.equal(resultOf("power_w / 2"), 2.5);
  assert.equal(resultOf("1 / 2 * power_w"), 2.5);
  assert.equal(resultOf("2 * (flow - -3) / 0x10"), 1.9375);
  assert.equal(resultOf("9007199254740993 - 9007199254740992"), 0);
  assert.equal(resultOf("power_w == 5 && flow > 12 ? 1 : 0"), 1);
  assert.equal(resultOf("10e-1 + 1.5"), 2.5);
});

test("functions, conditions, comparisons; true is 1", () => {
  assert.equal(resultOf("max(power_w, flow, 3) + min(1, 2) + abs(head)"), 15.5);
  assert.equal(resultOf("sqrt(pow(3, 2) + pow(4, 2))"), 5);
  assert.equal(resultOf("floor(flow) + ceil(flow) + round(12.4)"), 37);
  assert.equal(resultOf("ln(exp(2)) + log10(1000)"), 5);
  assert.equal(resultOf("flow > 10"), 1);
  assert.equal(resultOf("!(flow > 10) || head >= 0"), 0);
});

test("what has no number has none, and nothing is thrown", () => {
  assert.equal(resultOf("flow / 0"), Number.POSITIVE_INFINITY);
  assert.ok(Number.isNaN(resultOf("sqrt(head)")));
  assert.ok(Number.isNaN(resultOf("0 / 0")));
});

test("says which points are used, each once", () => {
  const compiled = compileExpression("flow * flow + head", known);
  assert.deepEqual(compiled.ok && compiled.expression.uses, ["flow", "head"]);
});

test("every mistake is said at its place", () => {
  assert.equal(mistake("flow * powr_w"), '7: uses "powr_w", which is not a point of this machine. Did you mean "power_w"?');
  assert.equal(mistake("2 * mx(flow, 3)"), '4: calls mx(), which there is not. Did you mean "max"?');
  assert.equal(mistake("3 + max(flow)"), "4: gives max() 1 number; it takes 2 to 4.");
  assert.equal(mistake("sqrt(flow, 2)"), "0: gives sqrt() 2 numbers; it takes 1.");
  assert.equal(mistake("flow +"), "6: is no expression: it ends too early.");
  assert.equal(mistake("flow 5"), "5: is no expression: Unexpected character: '5'.");
  assert.equal(mistake('flow > 1 ? "a" : "b"'), '11: holds "a", and only numbers, true and false can be used. Write a number.');
  assert.equal(mistake("5u + flow"), "0: holds 5u, and only numbers, true and false can be used. Write a number.");
  assert.match(mistake("[flow, head].map(x, x)"), /^\d+: holds something that is not for numbers. Use points, numbers, /);
  assert.match(mistake("flow % 2"), /^\d+: holds something that is not for numbers/);
  assert.match(mistake("flow.size"), /^\d+: holds something that is not for numbers/);
});

test("a point called like a word of the language is told so, and nothing is thrown", () => {
  const words = "bool bytes cel double google int list map null_type optional string type uint for const".split(" ");
  for (const word of words) {
    const compiled = compileExpression(`1 + ${word}`, [word]);
    assert.match(compiled.ok ? "good" : `${compiled.at}: ${compiled.message}`, /^4: .*is a word of the language itself\. Give/, word);
  }
  for (const word of ["size", "max", "time", "duration"]) assert.ok(compileExpression(`1 + ${word}`, [word]).ok, word);
});

test("types are checked before anything runs; places are those of the text as it was written", () => {
  assert.equal(
    mistake("10 + 20 + (flow > 1) * 3"),
    "11: cannot be computed: there is no condition * number. Write (a > b ? 1 : 0) to count with a condition.",
  );
  assert.match(mistake("1 + 2 + (flow && true ? 1 : 0)"), /Logical operator requires bool operands, got 'double'/);
});

test("an expression too long or too deep is refused", () => {
  assert.match(mistake(Array(300).fill("flow").join(" + ")), /is no expression: Exceeded/);
  assert.match(mistake(`${"(".repeat(50)}flow${")".repeat(50)}`), /is no expression: Exceeded/);
});

test("arithmetic is that of doubles, whatever the numbers look like", () => {
  const { seed } = seeded("cel");
  type Tree = { cel: string; value: number };
  const { tree } = fc.letrec<{ tree: Tree; leaf: Tree; node: Tree }>((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, tie("leaf"), tie("node")),
    leaf: fc.oneof(
      fc.nat(1_000).map((n) => ({ cel: String(n), value: n })),
      fc.nat(1_000).map((n) => ({ cel: `${n}.25`, value: n + 0.25 })),
      fc.constantFrom(...Object.entries(points)).map(([name, value]) => ({ cel: name, value })),
    ),
    node: fc.tuple(tie("tree"), fc.constantFrom("+", "-", "*", "/"), tie("tree")).map(([a, sign, b]) => ({
      cel: `(${a.cel} ${sign} ${b.cel})`,
      value: { "+": a.value + b.value, "-": a.value - b.value, "*": a.value * b.value, "/": a.value / b.value }[sign],
    })),
  }));
  fc.assert(
    fc.property(tree, ({ cel, value }) => assert.ok(Object.is(resultOf(cel), value), cel)),
    { seed, numRuns: 500 },
  );
});
