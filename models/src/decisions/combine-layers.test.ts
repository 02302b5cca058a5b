import assert from "node:assert/strict";
import { test } from "node:test";
import { answerEpisode, combineLayers, type LayerLevel, noEpisode } from "./combine-layers.ts";

const both = (limits: LayerLevel, baseline: LayerLevel) => [
  { name: "limits" as const, level: limits },
  { name: "baseline" as const, level: baseline },
];

test("one episode while any layer is raised, whichever speaks", () => {
  const first = combineLayers(noEpisode, both("normal", "watch"));
  assert.deepEqual([first.began, first.state.count, first.state.layer, first.state.level], [true, 1, "baseline", "watch"]);
  const second = combineLayers(first.state, both("critical", "warning"));
  assert.deepEqual([second.began, second.state.count, second.state.layer, second.levelChanged], [false, 1, "limits", true]);
  const third = combineLayers(second.state, both("watch", "normal"));
  assert.deepEqual([third.ended, third.state.isOpen], [false, true]);
  const fourth = combineLayers(third.state, both("normal", "normal"));
  assert.deepEqual([fourth.ended, fourth.state.level], [true, "normal"]);
  assert.equal(combineLayers(fourth.state, both("watch", "normal")).state.count, 2);
});

test("after a verdict a layer is heard again only when it was normal once, or became worse", () => {
  const open = combineLayers(noEpisode, both("warning", "normal")).state;
  const answered = answerEpisode(open, both("warning", "normal"));
  const still = combineLayers(answered, both("warning", "normal"));
  assert.deepEqual([still.state.isOpen, still.began], [false, false]);
  assert.equal(combineLayers(still.state, both("critical", "normal")).state.count, 2, "worse than what was answered");
  const calm = combineLayers(still.state, both("normal", "normal")).state;
  assert.equal(combineLayers(calm, both("warning", "normal")).state.count, 2, "raised again after it was normal");
  assert.equal(combineLayers(answered, both("warning", "watch")).state.layer, "baseline", "another layer may speak");
});

test("an episode stays open while the decision's own does, and does not begin by that", () => {
  const open = combineLayers(noEpisode, both("normal", "warning")).state;
  const lingering = combineLayers(open, both("normal", "normal"), true);
  assert.deepEqual([lingering.ended, lingering.state.isOpen, lingering.state.level], [false, true, "normal"]);
  const again = combineLayers(lingering.state, both("normal", "warning"), true);
  assert.deepEqual([again.began, again.state.count], [false, 1]);
  assert.equal(combineLayers(noEpisode, both("normal", "normal"), true).began, false);
});
