// The flow of one machine with running states: each learns its own normal and is judged by it, and all together are one machine. Seeded rows.
import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { test } from "node:test";
import type { Event } from "@millwright/contract/event";
import type { Prediction } from "@millwright/contract/prediction";
import { baselineFolder } from "./baselines/baseline-folder.ts";
import type { SavedStream } from "./baselines/machine-state.ts";
import type { StateRule, StatesRule } from "./samples/state-gate.ts";
import { folder, key, machine, openRig, predictions, type Rig, rowAt } from "./test-support/pipeline-rig.ts";

const above = (name: string, limit: number): StateRule => ({
  name,
  expression: `load > ${limit}`,
  uses: [{ name: "load", index: 0 }],
  evaluate: ({ load = 0 }) => Number(load > limit),
});
const states: StatesRule = { states: [above("full", 30), above("half", 5)], settleMs: 5_000, gapMs: 5_000 };

/** What is fed of each state; `off` is none of them. */
const loads = { full: 40, half: 10, off: 1 } as const;

// A row of rowAt moved to a load, all its signals with it.
async function feed(rig: Rig, [from, to]: readonly [number, number], load: keyof typeof loads, fault = 0): Promise<void> {
  for (let n = from; n < to; n++) {
    const row = rowAt(n, fault);
    const [own = 0, current = 0, vibration = 0] = row.values;
    const shift = loads[load] - 10;
    const values =
      load === "off" ? Float64Array.of(1, 0.5, 0.2) : Float64Array.of(own + shift, current + 1.2 * shift, vibration + 0.1 * shift);
    rig.pipeline.take({ ...row, values, shown: values });
  }
  await rig.pipeline.idle();
}

/** Both states learned; the machine is in `full`. @returns the next row */
async function learnBoth(rig: Rig): Promise<number> {
  await feed(rig, [1, 420], "half");
  await feed(rig, [420, 840], "full");
  return 840;
}

async function events(rig: Rig, name: Event["event"]): Promise<Event[]> {
  const batch = await rig.outbox.nextBatch({ lane: "event", afterSeq: 0, maxRecords: 500, maxBytes: 1e6 });
  return batch.map(({ json }) => JSON.parse(json) as Event).filter(({ event }) => event === name);
}

const isRaised = ({ level }: Prediction): boolean => level === "warning" || level === "critical";

test("a state that has learned is judged while another one learns; a row that is in none says so; each has a bundle of its own", async () => {
  const dir = folder();
  const rig = await openRig(dir, { states });
  const { pipeline } = rig;
  await feed(rig, [1, 3], "half");
  assert.deepEqual([pipeline.latest?.score, pipeline.status.phase, pipeline.state], ["warming_up", "learning", "half"]);
  await feed(rig, [3, 206], "half");
  await feed(rig, [206, 306], "full");
  assert.equal(
    pipeline.status.missing,
    "full: 305 more healthy rows, about 6 minutes of it; half: 200 more healthy rows, about 4 minutes of it",
  );
  await feed(rig, [306, 516], "half");
  assert.deepEqual([typeof pipeline.latest?.score, pipeline.status.phase], ["number", "scoring"]);
  assert.deepEqual(pipeline.status.states, [
    { name: "full", text: "305 more healthy rows, about 6 minutes of it" },
    { name: "half", text: "ready" },
  ]);
  await feed(rig, [516, 530], "off");
  assert.deepEqual([pipeline.latest?.score, pipeline.state], ["no_state", null]);
  await feed(rig, [530, 540], "full");
  assert.equal(pipeline.latest?.score, "learning");
  await feed(rig, [540, 1_000], "full");
  assert.deepEqual([typeof pipeline.latest?.score, pipeline.status.missing, pipeline.status.readiness], ["number", null, 1]);
  assert.deepEqual([...new Set((await predictions(rig)).map(({ level }) => level))], ["normal"]);
  for (const state of ["full", "half"]) assert.ok(existsSync(baselineFolder(dir, machine, 1, state)), state);
  const ids = new Set((await predictions(rig)).map(({ lineage }) => lineage.model_id).filter((id) => id !== null));
  assert.deepEqual(ids, new Set(["test.m-1.1.half", "test.m-1.1.full"]));
  await rig.close();
});

test("after a change of state it settles and warms up, and the level it had is held; what counts towards a ticket counts on", async () => {
  const rig = await openRig(folder(), { states });
  let n = await learnBoth(rig);
  await feed(rig, [n, n + 60], "full");
  n += 60;
  await feed(rig, [n, n + 20], "full", 2);
  assert.equal(rig.pipeline.latest?.level, "watch");
  await feed(rig, [n + 20, n + 25], "half", 2);
  assert.deepEqual([rig.pipeline.latest?.level, rig.pipeline.latest?.score], ["watch", "warming_up"]);
  await feed(rig, [n + 25, n + 60], "half", 2);
  const raised = (await predictions(rig)).filter(isRaised);
  assert.ok(raised.length > 0, "20 rows in full and the rest in half are enough for a ticket");
  const [signal] = raised[0]?.signals ?? [];
  assert.equal(signal?.point, "vibration");
  assert.ok(
    Math.abs((signal?.baseline ?? 0) - 3) < 0.3 && Math.abs((signal?.now ?? 0) - 5) < 0.5,
    `told as of half: ${JSON.stringify(signal)}`,
  );
  await feed(rig, [n + 60, n + 70], "off");
  assert.equal(rig.pipeline.latest?.score, "no_state");
  assert.ok(isRaised((await predictions(rig)).at(-1) as Prediction), "held in no state, too");
  await rig.close();
});

const command = { schema: "millwright/command/1", machine, actor: "Ann", wall_ms: 1 } as const;

test('"nothing" is about each state that alarmed: none of them opens another ticket for it', async () => {
  const rig = await openRig(folder(), { states });
  let n = await learnBoth(rig);
  await feed(rig, [n, n + 60], "full", 1.5);
  await feed(rig, [n + 60, n + 120], "half", 1.5);
  n += 120;
  const { episode } = (await predictions(rig)).at(-1) ?? {};
  await rig.pipeline.command({
    ...command,
    id: "00000000-0000-4000-8000-000000000001",
    command: "verdict",
    episode: String(episode),
    ticket: "MW-1",
    verdict: "nothing",
    failure_mode: "UNK",
  });
  for (const state of ["full", "half"]) {
    const stream = JSON.parse((await rig.outbox.machineState(`${key}@${state}#stream`)) ?? "null") as SavedStream;
    assert.ok(
      stream.snapshot.points.some(({ offset }) => offset !== 0),
      state,
    );
  }
  const before = (await predictions(rig)).length;
  await feed(rig, [n, n + 200], "half", 1.5);
  await feed(rig, [n + 200, n + 400], "full", 1.5);
  const after = (await predictions(rig)).slice(before);
  assert.deepEqual(
    after.filter((one) => isRaised(one) && one.episode !== null),
    [],
  );
  assert.equal(rig.pipeline.latest?.level, "normal");
  await rig.close();
});

test("over restarts, while a state learns and in an alarm, every prediction is the same as without", async () => {
  const plan = [
    [1, 420, "half", 0],
    [420, 700, "full", 0],
    [700, 730, "half", 0],
    [730, 900, "full", 0],
    [900, 925, "full", 1.5],
    [925, 990, "half", 1.5],
  ] as const;
  const whole = await openRig(folder(), { states });
  const dir = folder();
  for (const [from, to, load, fault] of plan) {
    await feed(whole, [from, to], load, fault);
    const pieces = await openRig(dir, { states });
    await feed(pieces, [from, to], load, fault);
    await pieces.close();
  }
  const pieces = await openRig(dir, { states });
  const essence = (all: Prediction[]) => all.map(({ level, score, signals, time }) => ({ level, score, signals, at: time.monotonic_ms }));
  const expected = essence(await predictions(whole));
  assert.ok(expected.some(({ level }) => level === "warning" || level === "critical"));
  assert.deepEqual(essence(await predictions(pieces)), expected);
  await Promise.all([whole.close(), pieces.close()]);
});

test("learn again: all states, in a new generation; a lost bundle: refused, of its state alone; other states: all, and no older baseline comes back", async () => {
  const dir = folder();
  const first = await openRig(dir, { states });
  const n = await learnBoth(first);
  await first.close();

  rmSync(baselineFolder(dir, machine, 1, "half"), { recursive: true });
  const again = await openRig(dir, { states });
  const texts = (rig: Rig) => rig.pipeline.status.states?.map(({ text }) => text);
  assert.deepEqual(texts(again), ["ready", "its model is refused"]);
  await feed(again, [n, n + 20], "half");
  assert.equal(again.pipeline.latest?.score, "model_refused");
  assert.match(again.pipeline.refusal ?? "", /^half: /);
  await feed(again, [n + 20, n + 40], "full");
  assert.equal(typeof again.pipeline.latest?.score, "number");

  await again.pipeline.command({ ...command, id: "00000000-0000-4000-8000-000000000002", command: "relearn" });
  assert.deepEqual([again.pipeline.status.phase, again.pipeline.generation, again.pipeline.refusal], ["learning", 2, null]);
  await feed(again, [n + 40, n + 460], "half");
  await feed(again, [n + 460, n + 880], "full");
  assert.deepEqual(texts(again), ["ready", "ready"]);
  await again.close();

  const other = await openRig(dir, { states: { ...states, states: [above("full", 30), above("half", 8)] } });
  assert.deepEqual([other.pipeline.status.phase, other.pipeline.generation], ["learning", 3]);
  assert.match((await events(other, "baseline_started")).at(-1)?.text ?? "", /the points of this machine, or its states, changed/);
  await feed(other, [n + 880, n + 900], "half");
  assert.ok((await other.outbox.learningRows(`${key}@half`)).length > 10);
  await other.close();
  const none = await openRig(dir);
  assert.deepEqual(await none.outbox.learningRows(`${key}@half`), [], "nothing is left of what is not learned any more");
  assert.deepEqual([none.pipeline.status.phase, none.pipeline.status.states, none.pipeline.generation], ["learning", undefined, 4]);
  await feed(none, [n + 900, n + 1_310], "full");
  assert.equal(typeof none.pipeline.latest?.score, "number", "a machine without states takes every row");
  await none.close();
});

test("the nightly report of a machine is one, with the rows of each state against its own", async () => {
  const rig = await openRig(folder(), { states });
  let n = await learnBoth(rig);
  for (const load of ["half", "full", "half"] as const) {
    await feed(rig, [n, n + 300], load);
    n += 300;
  }
  await rig.pipeline.reportModel();
  await rig.pipeline.reportModel();
  const reports = await events(rig, "model_report");
  assert.equal(reports.length, 1);
  assert.match(reports[0]?.text ?? "", /Model test\.m-1\.1\.full: .*Model test\.m-1\.1\.half: /);
  const rows = reports[0]?.figures?.["rows"] ?? 0;
  assert.ok(rows > 880 && rows <= 920, `${rows} of 900 and the rest of learning; those that settle are not counted`);
  await rig.close();
});
