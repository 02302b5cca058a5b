// Which requests one reading of a device takes, as its reader plans them at the start: each table by itself. Pure.
import { registersOf } from "@millwright/contract/register-template";
import { planReads } from "../registers/read-plan.ts";
import type { ReadSource } from "./resolved-config.ts";

/** Registers of each request. */
export function plannedBlocks({ points, maxBlock, maxGap, forbidden }: Extract<ReadSource, { protocol: "modbus" }>): readonly number[] {
  const items = points.map((point, index) => ({ ...point, index, length: registersOf[point.type] }));
  return (["holding", "input"] as const).flatMap((table) => {
    const ranges = forbidden.filter((range) => range.table === table);
    const ofTable = items.filter((point) => point.table === table);
    return planReads(ofTable, { maxBlock, maxGap, forbidden: ranges }).blocks.map(({ count }) => count);
  });
}
