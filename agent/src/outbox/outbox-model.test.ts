// Random actions on a real outbox and on a simple model of it in memory must show the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Lane, lanes } from "@millwright/contract/topics";
import fc from "fast-check";
import type { Outbox } from "./outbox.ts";
import { event, openTestOutbox, prediction, storeA, storeB, telemetry, testFolder, waitingSeqs } from "./test-support/outbox-fixture.ts";

type Entry = { seq: number; by: { store: string; commit: number } | null };
type Model = {
  lanes: Record<Lane, Entry[]>;
  last: Record<Lane, number>;
  quarantined: number;
  store: string | null;
  commit: number;
  state: string | null;
  rows: string[];
};
type Real = { outbox: Outbox; folder: string };
type Action = fc.AsyncCommand<Model, Real>;

const make = { telemetry, prediction, event: () => event() };
const add = (model: Model, lane: Lane): number => {
  model.last[lane] += 1;
  model.lanes[lane].push({ seq: model.last[lane], by: null });
  return model.last[lane];
};
const action = (text: string, run: (model: Model, real: Real) => Promise<void>): Action => ({
  check: () => true,
  run,
  toString: () => text,
});

// Many records of a lane are runs in the store; what follows changes parts of them.
const commit = (some: Lane[], many: number, state: string, clears: boolean): Action => {
  const kinds = [...some, ...Array.from({ length: many }, (): Lane => "telemetry")];
  return action(`commit ${some.join()} and ${many} ${state} ${clears}`, async (model, { outbox }) => {
    const records = kinds.map((lane) => make[lane](add(model, lane)));
    model.state = state;
    model.rows = clears ? [state] : [...model.rows, state];
    await outbox.commit({
      records,
      states: [{ machine: "m", json: state }],
      ...(clears ? { clearLearningRows: ["m"] } : {}),
      learningRows: [{ machine: "m", atMs: 1, body: state }],
    });
  });
};

// What a changed store has lost waits again after the receipt that showed it; a record in both is sent once more.
const mark = (lane: Lane, from: number, size: number, refused: number, store: string, commitNo: number): Action =>
  action(`mark ${lane} ${from}+${size} refused ${refused} by ${store[0]} ${commitNo}`, async (model, { outbox }) => {
    const isChanged = model.store !== null && (model.store !== store || commitNo < model.commit);
    const lost = lanes
      .flatMap((one) => model.lanes[one])
      .filter(({ by }) => isChanged && by !== null && (by.store !== store || by.commit > commitNo));
    model.store = store;
    model.commit = commitNo;
    const left = model.lanes[lane].filter((one) => one.seq !== refused || one.by !== null);
    model.quarantined += model.lanes[lane].length - left.length;
    model.lanes[lane] = left;
    for (const one of left) if (one.by === null && one.seq >= from && one.seq <= from + size) one.by = { store, commit: commitNo };
    for (const one of lost) one.by = null;
    await outbox.mark({ lane, ranges: [[from, from + size]], rejected: [{ seq: refused, code: "malformed" }], store, commit: commitNo });
  });

const quarantine = (lane: Lane, seq: number): Action =>
  action(`quarantine ${lane} ${seq}`, async (model, { outbox }) => {
    await outbox.quarantine({ lane, seq }, "no_receipt");
    const left = model.lanes[lane].filter((one) => one.seq !== seq || one.by !== null);
    if (left.length === model.lanes[lane].length) return;
    model.lanes[lane] = left;
    model.quarantined += 1;
    add(model, "event");
  });

const reopen = (): Action =>
  action("reopen", async (_model, real) => {
    const { epoch } = real.outbox;
    await real.outbox.close();
    real.outbox = await openTestOutbox(real.folder);
    assert.equal(real.outbox.epoch, epoch);
  });

const look = (): Action =>
  action("look", async (model, { outbox }) => {
    const counts = await outbox.counts();
    for (const lane of lanes) {
      const waiting = model.lanes[lane].filter((one) => one.by === null).map((one) => one.seq);
      assert.deepEqual(await waitingSeqs(outbox, lane), waiting);
      assert.equal(counts.waiting[lane], waiting.length);
    }
    const rows = await outbox.nextBatch({ lane: "telemetry", afterSeq: 0, maxRecords: 1e6, maxBytes: 1e9 });
    for (const { seq, json } of rows) assert.deepEqual((JSON.parse(json) as { values: object }).values, { v0: seq });
    assert.equal(counts.quarantined, model.quarantined);
    assert.equal(await outbox.machineState("m"), model.state);
    assert.deepEqual(
      (await outbox.learningRows("m")).map((row) => row.body),
      model.rows,
    );
  });

const lane = fc.constantFrom(...lanes);
const seq = fc.oneof(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 300 }));
const many = fc.oneof(fc.constant(0), fc.integer({ min: 2, max: 150 }));
const actions = [
  fc.tuple(fc.array(lane, { maxLength: 8 }), many, fc.stringMatching(/^[a-z]{1,4}$/), fc.boolean()).map((args) => commit(...args)),
  fc
    .tuple(
      lane,
      seq,
      fc.oneof(fc.integer({ min: 0, max: 6 }), many),
      seq,
      fc.constantFrom(storeA, storeA, storeA, storeB),
      fc.integer({ min: 1, max: 50 }),
    )
    .map((args) => mark(...args)),
  fc.tuple(lane, seq).map((args) => quarantine(...args)),
  fc.constant(reopen()),
  fc.constant(look()),
];

test("an outbox behaves like its model under random actions", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(actions, { maxCommands: 40, size: "max" }), async (commands) => {
      const folder = testFolder();
      const real: Real = { outbox: await openTestOutbox(folder, { commitWindowMs: 0 }), folder };
      const model: Model = {
        lanes: { prediction: [], event: [], telemetry: [] },
        last: { prediction: 0, event: 0, telemetry: 0 },
        quarantined: 0,
        store: null,
        commit: 0,
        state: null,
        rows: [],
      };
      try {
        await fc.asyncModelRun(() => ({ model, real }), commands);
        await look().run(model, real);
      } finally {
        await real.outbox.close();
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
});
