import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { thresholdSettings } from "../settings.ts";
import { type DecisionInput, type DecisionOutput, type DecisionState, decisionStep, initialDecision } from "./decision-step.ts";

const score = (value: number | null): DecisionInput => ({ kind: "score", score: value });
const times = (count: number, value: number | null): DecisionInput[] => Array.from({ length: count }, () => score(value));
const reset: DecisionInput = { kind: "reset" };

function run(inputs: readonly DecisionInput[]): { state: DecisionState; outputs: DecisionOutput[] } {
  let state = initialDecision;
  const outputs = inputs.map((input) => {
    const step = decisionStep(state, input, thresholdSettings);
    state = step.state;
    return step.output;
  });
  return { state, outputs };
}
const changes = (inputs: readonly DecisionInput[]) =>
  run(inputs).outputs.flatMap(({ change, episode, level }) => (change === "none" ? [] : [`${change} ${episode} ${level}`]));

test("one row above the limit is nothing, two are an alarm, forty are one ticket; a long calm ends the episode", () => {
  assert.deepEqual(changes([score(1.5), score(0.5)]), []);
  assert.deepEqual(changes([...times(60, 1.5), ...times(140, 0.3)]), [
    "episode_began 1 watch",
    "ticket_due 1 warning",
    "episode_ended 0 normal",
  ]);
});

test("a fault that comes and goes is one episode with one ticket", () => {
  const comesAndGoes = [...times(60, 1.5), ...times(40, 0.3), ...times(60, 1.5), ...times(40, 0.3), ...times(60, 1.5)];
  assert.deepEqual(changes(comesAndGoes), ["episode_began 1 watch", "ticket_due 1 warning"]);
  assert.equal(run(comesAndGoes.slice(0, 90)).outputs.at(-1)?.alarm, false, "the alarm itself does end");
});

test("between the clearing limit and the watch limit an alarm stays and none begins", () => {
  assert.deepEqual(changes([...times(30, 0.9)]), []);
  assert.deepEqual(changes([...times(2, 1.5), ...times(30, 0.9)]), ["episode_began 1 watch"]);
});

test("what is held: the points that lead a low score, every point before a high one is an alarm, those with a part in it while one stands", () => {
  const holds = run([score(0.5), score(0.9), score(1.5), score(1.5), ...times(10, 0.3)]).outputs.map(({ hold }) => hold);
  assert.deepEqual(holds, ["leaders", "all", "all", ...new Array(10).fill("involved"), "leaders"]);
});

test("far above the limit a warning becomes critical", () => {
  assert.equal(run(times(60, 10)).outputs.at(-1)?.level, "critical");
});

test("while the score is unavailable the level is held and nothing is counted", () => {
  const { outputs } = run([...times(2, 1.5), ...times(100, null)]);
  assert.deepEqual([outputs.at(-1)?.level, outputs.at(-1)?.ticket], ["watch", false]);
});

test("after a verdict the same alarm opens nothing more, a clearly higher one or one after a calm time does", () => {
  const judged = [...times(60, 1.5), reset];
  assert.deepEqual(changes([...judged, ...times(100, 1.5)]).slice(2), ["episode_ended 0 normal"]);
  assert.deepEqual(changes([...judged, ...times(60, 4)]).slice(3), ["episode_began 2 watch", "ticket_due 2 critical"]);
  assert.deepEqual(changes([...judged, ...times(12, 0.2), ...times(60, 1.5)]).slice(3), ["episode_began 2 watch", "ticket_due 2 warning"]);
});

test("episode numbers only grow, a ticket is due once an episode, and the state survives JSON", () => {
  const input = fc.oneof(
    fc.double({ min: 0, max: 5, noNaN: true }).map(score),
    fc.constant(score(null)),
    fc.constant(reset),
    fc.constant(score(2)),
  );
  fc.assert(
    fc.property(fc.array(input, { maxLength: 400 }), (inputs) => {
      const { outputs, state } = run(inputs);
      const due = outputs.filter(({ change }) => change === "ticket_due").map(({ episode }) => episode);
      assert.equal(new Set(due).size, due.length);
      assert.deepEqual(
        due,
        [...due].sort((a, b) => a - b),
      );
      assert.deepEqual(JSON.parse(JSON.stringify(state)), state);
      for (const { alarm, level, episode } of outputs) {
        assert.equal(alarm, level !== "normal");
        assert.ok(!alarm || episode > 0);
      }
    }),
  );
});
