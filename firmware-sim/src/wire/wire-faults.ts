// What the wire does to one request and its reply. One place, decided per request, for every transport; each fault draws from a random stream of its own,
// so that the same seed gives the same faults, whatever else is set.
import { createRandom, type Random } from "../random/random.ts";
import { type WireFaultName, type WireFaultSettings, wireFaultNames } from "./fault-settings.ts";

export type WireFate = {
  readonly strikes: ReadonlySet<WireFaultName>;
  readonly lateMs: number;
  readonly exceptionCode: number;
  readonly unplugMs: number;
  /** Which byte is hit, what noise says, and so on. */
  readonly random: Random;
};

/** Nothing happens. */
export const goodFate: WireFate = { strikes: new Set(), lateMs: 0, exceptionCode: 0, unplugMs: 0, random: () => 0 };

export type WireFaultCounts = Partial<Record<WireFaultName, number>>;

/** The wire faults of one unit. */
export type WireFaults = {
  /** Draws what becomes of a request that arrives now. @param nowMs real time of the wire. */
  next(nowMs: number): WireFate;
  /** Replaces the settings that are named; a rate of 0 ends a fault. */
  set(settings: WireFaultSettings): void;
  /** Whether the device's values stand still; as of the last request. */
  readonly isStuck: boolean;
  /** What was done so far. */
  readonly counts: Readonly<WireFaultCounts>;
};

/** Only one of these can be the reply. */
const replies = ["exception", "busy", "wrong_count"] as const;
const endings = ["disconnect", "unplug", "drop"] as const;

/** @param seed any text; another one for each unit. */
export function createWireFaults(seed: string, initial: WireFaultSettings = {}): WireFaults {
  const streams = new Map(wireFaultNames.map((name) => [name, createRandom(`wire/${seed}/${name}`)]));
  const random = createRandom(`wire/${seed}/shape`);
  const counts: WireFaultCounts = {};
  const lastMs: { [Name in "disconnect" | "unplug"]?: number } = {};
  let settings: WireFaultSettings = {};
  let active: WireFaultName[] = [];
  let stuckUntilMs = Number.NEGATIVE_INFINITY;
  let isStuck = false;

  const draw = (name: WireFaultName): number => (streams.get(name) as Random)();
  const isDue = (name: "disconnect" | "unplug", nowMs: number): boolean => {
    const everyMs = settings[name]?.every;
    lastMs[name] ??= nowMs;
    if (everyMs === undefined || nowMs - lastMs[name] < everyMs) return false;
    lastMs[name] = nowMs;
    return true;
  };
  const strikesNow = (name: WireFaultName, nowMs: number): boolean => {
    const isHit = draw(name) < rateOf(settings[name]);
    return name === "disconnect" || name === "unplug" ? isDue(name, nowMs) || isHit : isHit;
  };
  const set: WireFaults["set"] = (given) => {
    settings = { ...settings, ...given };
    active = wireFaultNames.filter((name) => settings[name] !== undefined);
  };
  set(initial);

  return {
    counts,
    set,
    get isStuck() {
      return isStuck;
    },
    next(nowMs) {
      isStuck = nowMs < stuckUntilMs;
      if (active.length === 0) return goodFate;
      const strikes = whatRemains(new Set(active.filter((name) => strikesNow(name, nowMs))));
      if (strikes.size === 0) return goodFate;
      for (const name of strikes) counts[name] = (counts[name] ?? 0) + 1;
      if (strikes.has("stuck")) {
        stuckUntilMs = nowMs + (settings.stuck?.for ?? 0);
        isStuck = true;
      }
      const [least, most] = settings.late?.ms ?? [0, 0];
      return {
        strikes,
        lateMs: strikes.has("late") ? least + (most - least) * draw("late") : 0,
        exceptionCode: strikes.has("exception") ? (settings.exception?.code ?? 4) : 6,
        unplugMs: settings.unplug?.for ?? 0,
        random,
      };
    },
  };
}

/** All counts together. */
export function sumOfCounts(all: Iterable<Readonly<WireFaultCounts>>): WireFaultCounts {
  const sum: WireFaultCounts = {};
  for (const counts of all) for (const name of wireFaultNames) if (counts[name]) sum[name] = (sum[name] ?? 0) + counts[name];
  return sum;
}

const rateOf = (setting: number | { rate?: number | undefined } | undefined): number =>
  typeof setting === "number" ? setting : (setting?.rate ?? 0);

// What never arrives cannot be damaged as well.
function whatRemains(drawn: Set<WireFaultName>): Set<WireFaultName> {
  const end = endings.find((name) => drawn.has(name));
  if (end !== undefined) return new Set([end]);
  const reply = replies.find((name) => drawn.has(name));
  for (const name of replies) if (name !== reply) drawn.delete(name);
  return drawn;
}
