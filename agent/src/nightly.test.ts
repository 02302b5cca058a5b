import assert from "node:assert/strict";
import { test } from "node:test";
import { startNightly } from "./nightly.ts";

const dayMs = 86_400_000;

test("a missed night is caught up once, a clock that jumps a year reports once, and a failing machine is told and tried again", async () => {
  const states = new Map<string, string>();
  const outbox = {
    machineState: (key: string) => Promise.resolve(states.get(key) ?? null),
    commit: ({ states: list = [] }: { states?: readonly { machine: string; json: string }[] }) => {
      for (const { machine, json } of list) states.set(machine, json);
      return Promise.resolve();
    },
  };
  let reports = 0;
  let isBroken = false;
  const warnings: string[] = [];
  const look = async (nowMs: number): Promise<number> => {
    const pipeline = { reportModel: () => (isBroken ? Promise.reject(new Error("full")) : Promise.resolve(void reports++)) };
    const nightly = startNightly({ outbox, pipelines: [pipeline], clock: { wallMs: () => nowMs }, warn: (text) => warnings.push(text) });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await nightly.close();
    return reports;
  };
  assert.deepEqual([await look(10 * dayMs), await look(10.5 * dayMs), await look(13 * dayMs), await look(378 * dayMs)], [1, 1, 2, 3]);
  isBroken = true;
  assert.equal(await look(380 * dayMs), 3);
  assert.match(warnings.join(), /nightly report: full; it is tried again/);
  isBroken = false;
  assert.equal(await look(380 * dayMs), 4);
});
