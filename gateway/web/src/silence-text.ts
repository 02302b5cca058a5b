import type { MachineCard } from "../../src/fleet/read-machines.ts";
import { ageText } from "./age-text.ts";
import { timeText } from "./time-text.ts";

/** "No data since 20 Nov 2026, 09:12 (29 min ago): its box box-1 is offline." */
export function silenceText({ since_ms, text }: NonNullable<MachineCard["silent"]>, nowMs: number): string {
  return since_ms === null ? `No data yet: ${text}.` : `No data since ${timeText(since_ms)} (${ageText(since_ms, nowMs)}): ${text}.`;
}
