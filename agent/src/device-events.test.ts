import assert from "node:assert/strict";
import { test } from "node:test";
import { illegalRangesText } from "./device-events.ts";

test("registers a device does not have are named as they were asked for; a border within a block is no news for a person", () => {
  const [single, many, border] = [
    { table: "holding", from: 5, to: 6 },
    { table: "input", from: 100, to: 120 },
    { table: "holding", from: 9, to: 9 },
  ] as const;
  const text = illegalRangesText({ device: "rs485/3/vendor/type", illegal: [single, many, border] });
  assert.match(String(text), /^rs485\/3\/vendor\/type: it says that it has no holding 5, input 100 to 119 \(wire addresses\)/);
  assert.equal(illegalRangesText({ device: "rs485/3/vendor/type", illegal: [border] }), null);
});
