// The document `npm -s start -- --until-ticket --json` prints: the ticket, the prediction behind it, and the books: read, stored, lost.
import { readLedger } from "../processes/read-ledger.ts";
import type { DemoPlant } from "./demo-plant.ts";

type Signal = { point: string; baseline: number | null; now: number | null; contribution: number };
type ApiTicket = {
  machine: { name: string };
  failure_mode: string;
  level: string;
  opened_at: string;
  score: number | null;
  signals: Signal[];
  lineage: { model_id: string | null };
};

export type DemoDocument = {
  ticket: { id: string; machine: string; failure_mode: string; level: string; opened_at: string; url: string };
  prediction: { score: number | null; model: string | null; signals: Signal[] };
  samples_read: number;
  records_stored: number;
  records_lost: number;
  seconds_to_ticket: number;
};

const deadlineMs = 5_000;

/** Asks the gateway for the ticket while it still runs. */
export async function describeTicket(plant: DemoPlant, id: string, url: string): Promise<Pick<DemoDocument, "ticket" | "prediction">> {
  const response = await fetch(`${plant.url}/api/tickets/${id}`, { signal: AbortSignal.timeout(deadlineMs) });
  if (!response.ok) throw new Error(`the gateway answers ${response.status} for ${id}`);
  const { machine, failure_mode, level, opened_at, score, signals, lineage } = ((await response.json()) as { ticket: ApiTicket }).ticket;
  return {
    ticket: { id, machine: machine.name, failure_mode, level, opened_at, url },
    prediction: {
      score,
      model: lineage.model_id,
      signals: signals.map(({ point, baseline, now, contribution }) => ({ point, baseline, now, contribution })),
    },
  };
}

/** Counts both ledgers: what the agents made durable, what the gateway stored. */
export function countRecords(plant: DemoPlant): Pick<DemoDocument, "records_stored" | "records_lost"> {
  const stored = new Set(readLedger(plant.gatewayLedger));
  const durable = new Set(plant.agentLedgers.flatMap(readLedger));
  return { records_stored: stored.size, records_lost: [...durable].filter((line) => !stored.has(line)).length };
}
