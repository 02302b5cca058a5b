// A step of four spreads that a joint baseline of three loads does not see, one for each load does; neither is paid for in false alarms.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stateThresholdSettings, thresholdSettings } from "../settings.ts";
import { judgeContender, learnMachine } from "./states-evaluation.ts";

test("one baseline for each of three loads finds what one of all of them misses, and is as calm", () => {
  for (const told of ["command", "current"] as const) {
    const learned = [31, 33].map((seed) => learnMachine(seed, { cycleRows: 150, told }));
    const joint = judgeContender(learned, { name: "joint", kind: "joint", thresholds: thresholdSettings, factor: 1 });
    const each = judgeContender(learned, { name: "each", kind: "each", thresholds: stateThresholdSettings, factor: 1 });
    const found = ({ cases }: typeof each): number => cases.filter(({ size, outcome }) => size === 4 && outcome === "found").length;
    assert.ok(found(joint) <= 2 && found(each) >= 9, `told by ${told}: ${found(joint)} and ${found(each)} of 12`);
    assert.ok(each.false_alarm <= 1 && each.false_alarm_calibration <= 1, `${each.false_alarm} % of the rows`);
  }
});
