import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { downs, downTopic, lanes, parseTopic, stateTopic, upTopic } from "./topics.ts";

const level = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/);

test("every topic that is built parses back to what it was built from", () => {
  fc.assert(
    fc.property(level, level, fc.constantFrom(...lanes), fc.constantFrom(...downs), (tenant, agent, lane, down) => {
      const address = { tenant, agent };
      assert.deepEqual(parseTopic(upTopic(address, lane)), { ...address, kind: "up", lane });
      assert.deepEqual(parseTopic(downTopic(address, down)), { ...address, kind: "down", down });
      assert.deepEqual(parseTopic(stateTopic(address)), { ...address, kind: "state" });
    }),
  );
});

test("what is not ours is null, whatever it is", () => {
  for (const topic of [
    "",
    "a/b",
    "millwright/v2/t/a/state",
    "millwright/v1/t/a/up/x",
    "millwright/v1/t/a/up/event/more",
    "millwright/v1/+/a/state",
  ]) {
    assert.equal(parseTopic(topic), null, topic);
  }
  fc.assert(fc.property(fc.string(), (topic) => void parseTopic(topic)));
});
