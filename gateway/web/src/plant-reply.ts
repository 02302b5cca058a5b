import type { MachineCard } from "../../src/fleet/read-machines.ts";

/** What GET /api/machines answers. */
export type PlantReply = { headline: string; silence: string | null; machines: MachineCard[]; now_ms: number };

export const machineKey = ({ tenant, machine }: Pick<MachineCard, "tenant" | "machine">): string =>
  `${tenant}/${machine.site}/${machine.name}`;
