// What the wire does to a request before the device sees it. One place, decided per request, seeded: the same seed, the same faults.
import type { Random } from "../random/random.ts";

/** `deliver`: the request reaches the device and its reply the client. `drop`: the client waits in vain. */
export type WireFate = "deliver" | "drop";

export type WireFaults = { fateOf(request: { unit: number }): WireFate };

/** A good line. */
export const noFaults: WireFaults = { fateOf: () => "deliver" };

/** @param drop probability, 0 to 1, that a request gets no reply. @param random its own stream, so that other settings do not move the faults. */
export function createWireFaults({ drop, random }: { drop: number; random: Random }): WireFaults {
  return { fateOf: () => (random() < drop ? "drop" : "deliver") };
}
