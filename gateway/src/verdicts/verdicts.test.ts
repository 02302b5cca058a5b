// Verdicts through the real ingest: counted by model, told with an interval, exported, and a proposal where they say that a model is wrong too often.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { VerdictLine } from "@millwright/contract/verdict-line";
import * as v from "valibot";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { closedMs, hashOf, judgeTicket, openTicket } from "../test-support/judged-ticket.ts";
import { testMachine } from "../test-support/records.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { closeTicket } from "../tickets/close-ticket.ts";
import { closeModelTicket, listModelTickets } from "../tickets/model-tickets.ts";
import { readModelRecords } from "./model-records.ts";
import { readVerdictLines } from "./verdict-lines.ts";

const stores: Store[] = [];
after(() => Promise.all(stores.map((store) => store.close())));

async function openStore(): Promise<Store> {
  const store = await openSqliteStore(join(testFolder(), "verdicts.db"), 0);
  stores.push(store);
  return store;
}

const vibration = { failure_mode: "VIB" } as const;

test("a model's record: by version and failure mode, with its interval; limits and zones are no model's", async () => {
  const store = await openStore();
  assert.deepEqual(await readModelRecords(store), []);
  await judgeTicket(store, { no: 1, verdict: "found", named: "VIB", predicted: vibration });
  await judgeTicket(store, { no: 2, verdict: "something_else", named: "NOI", predicted: vibration });
  await judgeTicket(store, { no: 3, verdict: "found" });
  await judgeTicket(store, { no: 4, verdict: "nothing", predicted: { layer: "limits" } });
  await judgeTicket(store, { no: 5, verdict: "nothing", generation: 2 });
  await openTicket(store, { no: 6, generation: 2 });
  const [machine, ...others] = await readModelRecords(store);
  assert.equal(others.length, 0);
  assert.deepEqual([machine?.machine, machine?.tickets, machine?.faults], [testMachine, 4, 3]);
  assert.deepEqual(
    machine?.models.map(({ name, model_hash, is_live, found, something_else, nothing, text }) => [
      name,
      model_hash,
      is_live,
      [found, something_else, nothing],
      text,
    ]),
    [
      ["baseline 2", hashOf(2), true, [0, 0, 1], "Of 1 ticket 0 had a fault behind it (95\u00a0%: 0 to 79\u00a0%); so few say little."],
      [
        "baseline 1",
        hashOf(1),
        false,
        [2, 1, 0],
        "Of 3 tickets 3 had a fault behind them (95\u00a0%: 44 to 100\u00a0%); so few say little.",
      ],
    ],
  );
  assert.deepEqual(
    machine?.models[1]?.modes.map(({ text }) => text),
    ["Vibration: a fault behind 2 of 2; technicians named noise 1, vibration 1", "Not running as it used to: a fault behind 1 of 1"],
  );
});

test("twenty verdicts say something, and the interval is Wilson's", async () => {
  const store = await openStore();
  for (let no = 1; no <= 20; no += 1) await judgeTicket(store, { no, verdict: no <= 14 ? "found" : "nothing" });
  const [machine] = await readModelRecords(store);
  assert.deepEqual([machine?.is_little_known, machine?.share.low.toFixed(3), machine?.share.high.toFixed(3)], [false, "0.481", "0.855"]);
  assert.equal(machine?.text, "Of 20 tickets 14 had a fault behind them (95\u00a0%: 48 to 85\u00a0%).");
});

test("the export: a line a verdict, of one machine where it is asked for, with times and both failure modes", async () => {
  const store = await openStore();
  await judgeTicket(store, { no: 1, verdict: "found", named: "OHE", predicted: vibration });
  await judgeTicket(store, { no: 2, verdict: "nothing", predicted: { machine: { site: "plant/line2", name: "P-102" } } });
  await openTicket(store, { no: 3 });
  const lines = await readVerdictLines(store, {});
  for (const line of lines) v.parse(VerdictLine, line);
  assert.deepEqual(
    lines.map(({ ticket, machine, failure_mode, found_mode }) => [ticket, machine.name, failure_mode, found_mode]),
    [
      ["T-1", "P-101", "VIB", "OHE"],
      ["T-2", "P-102", "UNK", null],
    ],
  );
  const [only, ...none] = await readVerdictLines(store, { machine: "P-102", site: "plant/line2" });
  assert.deepEqual([only?.ticket, none.length, only?.closed], ["T-2", 0, new Date(closedMs(2)).toISOString()]);
  assert.deepEqual(await readVerdictLines(store, { tenant: "other" }), []);
});

/** Judges tickets `from` to `to` with "nothing" @returns those at which a model ticket was opened */
async function nothings(store: Store, from: number, to: number, generation = 1): Promise<number[]> {
  const opened: number[] = [];
  for (let no = from; no <= to; no += 1)
    if ((await judgeTicket(store, { no, verdict: "nothing", generation })).proposed !== undefined) opened.push(no);
  return opened;
}

test("five tickets with nothing propose to learn again, once; the open one follows, and after an answer verdicts count anew", async () => {
  const store = await openStore();
  assert.deepEqual(await nothings(store, 1, 7), [5]);
  const [ticket, ...others] = await listModelTickets(store, "open", 0);
  assert.deepEqual([ticket?.id, ticket?.cause, others.length, ticket?.updated_ms], ["M-1", "verdicts", 0, closedMs(7)]);
  assert.match(
    ticket?.text ?? "",
    /^Of 7 tickets 0 had a fault .* At least 50\u00a0% should\. Learning baseline 1 again is proposed\. .*: Not running as it used to: a fault behind 0 of 7\.$/,
  );
  await closeModelTicket(store, "M-1", { actor: "Eva", outcome: "keep" }, closedMs(7) + 1);
  assert.deepEqual(await nothings(store, 8, 12), [12]);
  const current = await listModelTickets(store, "current", closedMs(12));
  assert.deepEqual(
    current.map(({ id }) => id),
    ["M-2"],
  );
  await closeModelTicket(store, "M-2", { actor: "Eva", outcome: "retrain" }, closedMs(12) + 1);
  const [answered] = await listModelTickets(store, "current", closedMs(13));
  assert.equal(answered?.kept_text, "Looked at by Eva, who has it trained again. Verdicts count anew from then on.");
});

test("each model is judged by its own tickets: limits, another version, or one that has been replaced propose nothing", async () => {
  const limits = await openStore();
  for (let no = 1; no <= 6; no += 1)
    assert.equal((await judgeTicket(limits, { no, verdict: "nothing", predicted: { layer: "limits" } })).proposed, undefined);

  const changed = await openStore();
  assert.deepEqual([await nothings(changed, 1, 4, 1), await nothings(changed, 5, 8, 2), await nothings(changed, 9, 9, 2)], [[], [], [9]]);

  const replaced = await openStore();
  await nothings(replaced, 1, 4, 1);
  await openTicket(replaced, { no: 5, generation: 1 });
  await openTicket(replaced, { no: 6, generation: 2 });
  const late = await closeTicket(replaced, 5, { verdict: "nothing", actor: "Ana" }, { nowMs: closedMs(5), ticketGoal: 0.5 });
  assert.equal(late.outcome === "closed" ? late.proposed : "not closed", undefined);
});
