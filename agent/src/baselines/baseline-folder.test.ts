import assert from "node:assert/strict";
import { test } from "node:test";
import { baselineFolder, baselineId } from "./baseline-folder.ts";

test("no two machines share a folder", () => {
  const refs = [
    { site: "a/b", name: "c" },
    { site: "a_b", name: "c" },
    { site: "a", name: "b_c" },
    { site: "a", name: "b-_-c" },
    { site: "a-_-b", name: "c" },
    { site: "a", name: "b" },
  ];
  assert.equal(new Set(refs.map((ref) => baselineFolder("/data", ref, 1))).size, refs.length);
  const states = refs.flatMap((ref) => [null, "full", "idle"].map((state) => baselineFolder("/data", ref, 1, state)));
  assert.equal(new Set(states).size, states.length, "nor two states of one");
});

test("an id is what a manifest allows", () => {
  for (const ref of [
    { site: "acme/line1", name: "P-101" },
    { site: `${"x".repeat(64)}/${"y".repeat(64)}`, name: "Z".repeat(64) },
  ]) {
    assert.match(baselineId(ref, 12), /^[a-z0-9][a-z0-9_.-]{0,127}$/);
    assert.match(baselineId(ref, 12, "full"), /^[a-z0-9][a-z0-9_.-]{0,122}\.12\.full$/);
  }
});
