// Storm "kill": kill -9 of agent, gateway and broker, once each at seeded moments, while a machine is recorded, ails and gets its ticket.
// What must hold: every record that was durable is stored once, and there is one open ticket.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasMosquitto } from "../journeys/mosquitto.ts";
import { runJourney } from "../journeys/run-journey.ts";
import { makeRecording } from "./make-recording.ts";

export type StormVerdict = { storm: string; seed: number; ok: boolean; counts: Record<string, number> };

export async function killStorm(seed: number, say: (text: string) => void): Promise<StormVerdict> {
  const folder = mkdtempSync(join(tmpdir(), "millwright-storm-"));
  const kill = hasMosquitto() ? (["agent", "gateway", "broker"] as const) : (["agent", "gateway"] as const);
  if (!hasMosquitto()) say("mosquitto is not installed: the embedded broker is killed with the gateway");
  try {
    const made = makeRecording(folder, seed);
    const verdict = await runJourney(
      {
        ...made,
        timeScale: 25,
        ledgerFile: undefined,
        scramble: undefined,
        drop: 0,
        stick: undefined,
        kill: [...kill],
        seed,
        keep: undefined,
      },
      say,
    );
    const tickets = verdict.tickets.length;
    const { served, read, stored, lost, duplicates } = verdict;
    return {
      storm: "kill",
      seed,
      ok: lost === 0 && duplicates === 0 && tickets === 1,
      counts: { kills: kill.length, served, read, stored, lost, duplicates, tickets },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
