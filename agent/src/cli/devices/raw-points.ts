// What stood in the registers of each point of a read, out of the replies that its bus heard. Pure.
import { type RegisterTable, registersOf } from "@millwright/contract/register-template";
import type { ReadSource } from "../../config/resolved-config.ts";
import type { Heard } from "../../open-bus.ts";

/** `address` is the one on the wire; what the manual prints is `base` more. */
export type RawPoint = { readonly table: RegisterTable; readonly address: number; readonly registers: readonly number[] };

/** In the order of the source's points; null where a point's registers did not come. The latest reply counts. */
export function rawPoints(source: ReadSource, heard: readonly Heard[]): (RawPoint | null)[] {
  if (source.protocol !== "modbus") return [];
  return source.points.map(({ table, address, type }) => {
    const end = address + registersOf[type];
    const found = heard.findLast(({ unit, registers }) => {
      if (registers === null || unit !== source.unit) return false;
      const { request } = registers;
      return request.table === table && request.address <= address && request.address + request.count >= end;
    })?.registers;
    if (found === undefined || found === null) return null;
    const { request, reply } = found;
    return { table, address, registers: [...reply.slice(address - request.address, end - request.address)] };
  });
}

/** "42F0 0000" */
export const inHex = (registers: readonly number[]): string =>
  registers.map((register) => register.toString(16).toUpperCase().padStart(4, "0")).join(" ");
