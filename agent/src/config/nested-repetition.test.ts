import assert from "node:assert/strict";
import { test } from "node:test";
import { hasNestedRepetition } from "./nested-repetition.ts";

test("a repeated group that repeats something is seen, however deep; all else is let through", () => {
  for (const bad of ["(a+)+", "^(\\d*)*$", "(?:x(?:a|b+))+", "(?<v>[0-9]+)*", "(a{2,}){3,}", "((a+)b)*", "(a{1,20}){1,20}", "(?=(a+)+)b"])
    assert.equal(hasNestedRepetition(bad), true, bad);
  for (const good of [
    "a+b*",
    "(?<t>[-+0-9.]+) C",
    "(?<a>\\d+),(?<b>\\d+)?",
    "\\(a+\\)+",
    "[(a+)]+",
    "(ab)+",
    "(a+)?",
    "(a+){3}",
    "((ab)c)+",
    "(a{2}){3}",
  ])
    assert.equal(hasNestedRepetition(good), false, good);
});
