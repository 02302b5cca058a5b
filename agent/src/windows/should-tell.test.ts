import assert from "node:assert/strict";
import { test } from "node:test";
import { shouldTell, type Told } from "./should-tell.ts";

const told: Told = { level: "normal", episode: null, status: "available", atMs: 0 };

test("the first, and every change of level or episode, at once", () => {
  assert.equal(shouldTell(null, told), true);
  assert.equal(shouldTell(told, { ...told, level: "watch", episode: "e-1", atMs: 1 }), true);
  assert.equal(shouldTell({ ...told, level: "watch", episode: "e-1" }, { ...told, level: "watch", episode: "e-2", atMs: 1 }), true);
});

test("a score that comes and goes is told at most once a minute", () => {
  assert.equal(shouldTell(told, { ...told, status: "warming_up", atMs: 59_999 }), false);
  assert.equal(shouldTell(told, { ...told, status: "warming_up", atMs: 60_000 }), true);
});

test("a sign of life: each minute while raised, every ten while normal", () => {
  assert.equal(shouldTell(told, { ...told, atMs: 599_999 }), false);
  assert.equal(shouldTell(told, { ...told, atMs: 600_000 }), true);
  const raised = { ...told, level: "warning", episode: "e-1" };
  assert.equal(shouldTell(raised, { ...raised, atMs: 60_000 }), true);
});
