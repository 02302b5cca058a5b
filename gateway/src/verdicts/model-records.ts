// What technicians found on the tickets of each model: counted by machine, version of its model, what the ticket said, and what they named.
// Only tickets that a model opened (layer `baseline`): a limit that is crossed says nothing about a model.
import type { FailureMode } from "@millwright/contract/failure-modes";
import type { Kysely } from "kysely";
import type { Store } from "../store/store.ts";
import type { ModelVersion, Tables, TicketRow } from "../store/tables.ts";
import { failureText, placeText } from "../tickets/texts.ts";
import { faultShare, isLittleKnown, modelName, modeText, recordText } from "./record-text.ts";
import { faultsIn, ticketsIn, type VerdictCounts } from "./too-often-wrong.ts";

export type Named = { readonly failure_mode: FailureMode; readonly tickets: number };
/** Of the tickets that said `failure_mode`. `named`: what technicians called the faults behind them, the most frequent first. */
export type ModeRecord = { readonly failure_mode: FailureMode; readonly counts: VerdictCounts; readonly named: readonly Named[] };

/** Verdicts that are alike. */
export type VerdictGroup = ModelVersion &
  Pick<TicketRow, "tenant" | "site" | "machine" | "failure_mode" | "verdict" | "verdict_mode"> & {
    readonly tickets: number;
    readonly first_ms: number;
    readonly last_ms: number;
  };

/** Far more than people ever answer. */
const maxGroups = 20_000;

/** One record a machine, in the order of their places; its models, the newest first. */
export async function readModelRecords({ reader }: Store) {
  const groups = await verdictGroups(reader).orderBy("site").orderBy("machine").orderBy("last_ms", "desc").limit(maxGroups).execute();
  const live = await reader.selectFrom("machines").select(["tenant", "site", "machine", "model_hash"]).execute();
  const liveHash = new Map(live.map((row) => [keyOf(row), row.model_hash]));
  return [...Map.groupBy(groups, keyOf)].map(([key, ofMachine]) => {
    const { tenant, site, machine: name } = ofMachine[0] as VerdictGroup;
    const models = [...Map.groupBy(ofMachine, ({ model_hash }) => model_hash)].map(([hash, ofModel]) => ({
      ...versionOf(ofModel[0] as VerdictGroup),
      is_live: hash !== null && hash === liveHash.get(key),
      ...told(ofModel),
    }));
    return { tenant, machine: { site, name }, place: placeText({ site, name }), ...told(ofMachine), models };
  });
}

export type MachineRecord = Awaited<ReturnType<typeof readModelRecords>>[number];

/** Verdicts on tickets that models opened, counted. */
export function verdictGroups(db: Kysely<Tables>) {
  const by = ["tenant", "site", "machine", "model_id", "model_hash", "generation", "failure_mode", "verdict", "verdict_mode"] as const;
  return db
    .selectFrom("tickets")
    .select([...by])
    .select((e) => [e.fn.countAll<number>().as("tickets"), e.fn.min("opened_ms").as("first_ms"), e.fn.max("closed_ms").as("last_ms")])
    .where("layer", "=", "baseline")
    .where("verdict", "is not", null)
    .groupBy([...by])
    .$narrowType<{ last_ms: number }>();
}

export function countsOf(groups: readonly VerdictGroup[]): VerdictCounts {
  const counts = { found: 0, something_else: 0, nothing: 0 };
  for (const { verdict, tickets } of groups) if (verdict !== null) counts[verdict] += Number(tickets);
  return counts;
}

export function modesOf(groups: readonly VerdictGroup[]): ModeRecord[] {
  return [...Map.groupBy(groups, ({ failure_mode }) => failure_mode)]
    .map(([failure_mode, alike]) => ({ failure_mode, counts: countsOf(alike), named: namedIn(alike) }))
    .toSorted((a, b) => ticketsIn(b.counts) - ticketsIn(a.counts) || a.failure_mode.localeCompare(b.failure_mode));
}

function namedIn(groups: readonly VerdictGroup[]): Named[] {
  const named = groups.filter(({ verdict_mode }) => verdict_mode !== null);
  return [...Map.groupBy(named, ({ verdict_mode }) => verdict_mode as FailureMode)]
    .map(([failure_mode, alike]) => ({ failure_mode, tickets: ticketsIn(countsOf(alike)) }))
    .toSorted((a, b) => b.tickets - a.tickets || a.failure_mode.localeCompare(b.failure_mode));
}

function told(groups: readonly VerdictGroup[]) {
  const counts = countsOf(groups);
  const share = faultShare(counts);
  return {
    ...counts,
    tickets: ticketsIn(counts),
    faults: faultsIn(counts),
    share: { low: share.low, high: share.high },
    is_little_known: isLittleKnown(share),
    text: recordText(counts),
    modes: modesOf(groups).map((mode) => ({
      failure_mode: mode.failure_mode,
      failure_text: failureText(mode.failure_mode),
      ...mode.counts,
      named: mode.named,
      text: modeText(mode),
    })),
    first_ms: Math.min(...groups.map(({ first_ms }) => first_ms)),
    last_ms: Math.max(...groups.map(({ last_ms }) => last_ms)),
  };
}

const versionOf = ({ model_id, model_hash, generation }: ModelVersion) => ({
  model_id,
  model_hash,
  generation,
  name: modelName({ model_id, model_hash, generation }),
});

const keyOf = ({ tenant, site, machine }: { tenant: string; site: string; machine: string }): string => `${tenant}/${site}/${machine}`;
