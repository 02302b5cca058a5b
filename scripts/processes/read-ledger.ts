// A program's ledger: what it says it made durable, one JSON line a record, written outside its store.
import { existsSync, readFileSync } from "node:fs";

/** Identity of a record as one text: tenant/agent/epoch/lane/seq. */
export type Identity = string;

export type LedgerLine = { tenant: string; agent: string; epoch: string; lane: string; seq: number };

export const identityOf = (line: LedgerLine): Identity => `${line.tenant}/${line.agent}/${line.epoch}/${line.lane}/${line.seq}`;

/** Reads a ledger; a last line that a kill cut short is passed over. */
export function readLedger(file: string): Identity[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((text) => {
      try {
        return text === "" ? [] : [identityOf(JSON.parse(text) as LedgerLine)];
      } catch {
        return [];
      }
    });
}
