// What stood in the registers of each point of a read, out of the replies that its bus heard. Pure.
import { type RegisterTable, registersOf } from "@millwright/contract/register-template";
import type { ReadSource } from "../../config/resolved-config.ts";
import type { ReadOutcome, ReadRequest } from "../../registers/read-outcome.ts";

/** `address` is the one on the wire; what the manual prints is `base` more. */
export type RawPoint = { readonly table: RegisterTable; readonly address: number; readonly registers: readonly number[] };

/** In the order of the source's points; null where a point's registers did not come. The latest reply counts. */
export function rawPoints(source: ReadSource, heard: readonly { request: ReadRequest; outcome: ReadOutcome }[]): (RawPoint | null)[] {
  if (source.protocol !== "modbus") return [];
  return source.points.map(({ table, address, type }) => {
    const end = address + registersOf[type];
    const holds = ({ request, outcome }: { request: ReadRequest; outcome: ReadOutcome }): boolean =>
      outcome.ok &&
      request.unit === source.unit &&
      request.table === table &&
      request.address <= address &&
      request.address + request.count >= end;
    const found = heard.findLast(holds);
    if (found === undefined || !found.outcome.ok) return null;
    return { table, address, registers: [...found.outcome.reply.slice(address - found.request.address, end - found.request.address)] };
  });
}

/** "42F0 0000" */
export const inHex = (registers: readonly number[]): string =>
  registers.map((register) => register.toString(16).toUpperCase().padStart(4, "0")).join(" ");
