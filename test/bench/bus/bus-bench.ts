// The bench of acquisition: one connection against a C client, one dead unit among thirty, and whole programs against Node-RED on the same simulator.
import type { BenchRow } from "../bench-row.ts";
import { compareClients } from "./compare-clients.ts";
import { comparePrograms } from "./compare-programs.ts";
import { deadUnit } from "./dead-unit.ts";

export const busParts = ["clients", "dead-unit", "fleet", "fast"] as const;
export type BusPart = (typeof busParts)[number];

export type BusBenchOptions = { parts: readonly BusPart[]; runs: number; seconds: number; say: (text: string) => void };

export async function busBench({ parts, runs, seconds, say }: BusBenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  if (parts.includes("clients")) rows.push(...(await compareClients(runs, say)));
  if (parts.includes("dead-unit")) rows.push(await deadUnit({ runs, seconds, say }));
  if (parts.includes("fleet"))
    rows.push(
      ...(await comparePrograms({ name: "500 devices × 30 points at 1 s", devices: 500, points: 30, everyMs: 1_000, runs, seconds, say })),
    );
  if (parts.includes("fast"))
    rows.push(
      ...(await comparePrograms({ name: "50 devices × 10 registers at 10 Hz", devices: 50, points: 5, everyMs: 100, runs, seconds, say })),
    );
  return rows;
}
