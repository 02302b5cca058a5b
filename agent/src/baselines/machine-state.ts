// Everything one machine's flow remembers, as one JSON document. It is committed in the same transaction as the records it led to, so that
// after kill -9 the agent goes on exactly where it was, and never learns a fault as normal.
import { initialLimits, type LimitsState } from "@millwright/models/decisions/absolute-limits";
import { type EpisodeState, type LayerLevel, noEpisode } from "@millwright/models/decisions/combine-layers";
import { type DecisionState, initialDecision } from "@millwright/models/decisions/decision-step";
import type { ZonesState } from "@millwright/models/decisions/vibration-zone";
import type { MachineStreamSnapshot } from "@millwright/models/features/machine-stream";
import type { Hold } from "@millwright/models/features/point-features";
import type { RunningState } from "../samples/running-gate.ts";
import { type Evidence, noEvidence } from "../windows/evidence.ts";
import type { Told } from "../windows/should-tell.ts";
import type { HealthySpectra } from "./healthy-spectra.ts";
import { noLearning } from "./learning.ts";
import { type Progress, progressOf, type StatesMemory } from "./state-memory.ts";

/** A feature stream where it was saved last, and the model (its hash) it belongs to. Kept apart from the rest, and saved more rarely. */
export type SavedStream = { model: string; snapshot: MachineStreamSnapshot; drift?: readonly (readonly number[])[] };

export type MachineState = Progress & {
  version: 1;
  /** Machine time goes on over a reboot: at = monotonic + offset, with the offset of this boot. */
  bootId: string;
  offsetMs: number;
  lastAtMs: number;
  lastWallMs: number;
  /** Whether `lastWallMs` could be trusted. */
  lastClock: "trusted" | "untrusted";
  /** The device's update counter of the last row taken. */
  lastUpdate: number | null;
  /** Of the baseline that is being learned, or is live; 0 for a model that came from outside. The baselines of all states have one. */
  generation: number;
  /** Names and units of the points the model sees, and the states it may be in; when they change, what was learned is void. */
  pointsKey: string;
  /** Whether it runs; absent where nothing says when it does. */
  running?: RunningState | undefined;
  /** Absent where the machine has no states; where it has, `phase` and `learning` are not used. */
  states?: StatesMemory;
  /** What its spectra showed in the rows it learned from; absent where it has none. */
  healthySpectra?: HealthySpectra;
  decision: DecisionState;
  /** For the feature stream's next row; absent in states of earlier versions. */
  hold?: Hold;
  limits: LimitsState;
  /** Absent before the first row that a vibration standard judged. */
  zones?: ZonesState;
  episode: EpisodeState;
  episodeId: string | null;
  /** The level of the last row, as it is shown. */
  shownLevel: LayerLevel;
  evidence: Evidence;
  /** The last prediction that was sent: what it said, and when. */
  told: Told | null;
};

/**
 * Nothing is counted towards anything: what one more such row changes is only where the machine stands in time and how high its score was. After
 * a kill it may begin again from a state some seconds old. Not where the device counts its rows: the next one is told by `lastUpdate`.
 */
export function isCalm(state: MachineState): boolean {
  const { lastUpdate, decision, episode, limits, zones } = state;
  const { phase } = progressOf(state, state.states?.gate?.name ?? null);
  const { above, evidence, bar, isRaised, isOpen } = decision;
  const isDecisionCalm = above === 0 && evidence === 0 && bar === 0 && !isRaised && !isOpen;
  if (phase !== "scoring" || lastUpdate !== null || !isDecisionCalm || episode.isOpen) return false;
  for (const _answered in episode.answered) return false;
  return areCalm(limits) && (zones === undefined || areCalm(zones.crossed));
}

function areCalm(limits: LimitsState): boolean {
  for (const place in limits) {
    const { rows, isCrossed } = limits[place] as LimitsState[string];
    if (rows > 0 || isCrossed) return false;
  }
  return true;
}

export function newMachineState(options: { bootId: string; pointsKey: string; generation: number }): MachineState {
  return {
    version: 1,
    bootId: options.bootId,
    offsetMs: 0,
    lastAtMs: 0,
    lastWallMs: 0,
    lastClock: "untrusted",
    lastUpdate: null,
    phase: "learning",
    generation: options.generation,
    pointsKey: options.pointsKey,
    learning: noLearning,
    decision: { ...initialDecision },
    limits: initialLimits,
    episode: noEpisode,
    episodeId: null,
    shownLevel: "normal",
    evidence: noEvidence,
    told: null,
  };
}

/**
 * The machine stands where this row says. Written in place: a new state with every row of 500 machines would be most of the garbage.
 * @returns the row's place in the machine's own time, ms
 */
export function standAt(
  state: MachineState,
  row: { bootId: string; atMonotonicMs: number; atWallMs: number; clock: "trusted" | "untrusted"; update: number | null },
  pauseMs: number,
): number {
  const { offsetMs, atMs } = machineTime(state, row, pauseMs);
  state.bootId = row.bootId;
  state.offsetMs = offsetMs;
  state.lastAtMs = atMs;
  state.lastWallMs = row.atWallMs;
  state.lastClock = row.clock;
  state.lastUpdate = row.update;
  return atMs;
}

/** What was concluded from a row, written in place as well: objects that live until the next row would be moved into the old generation, and die there. */
export function takeIn(state: MachineState, judged: Pick<MachineState, "decision"> & Partial<MachineState>): void {
  const { decision } = state;
  Object.assign(state, judged);
  state.decision = Object.assign(decision, judged.decision);
}

/**
 * The row's place in the machine's own time, which never goes back: within a boot the monotonic clock decides; over a reboot the time of
 * day says how long it was, where it can be trusted, and otherwise it counts as a pause of `pauseMs`.
 */
export function machineTime(
  state: MachineState,
  row: { bootId: string; atMonotonicMs: number; atWallMs: number; clock: "trusted" | "untrusted" },
  pauseMs: number,
): { offsetMs: number; atMs: number } {
  if (row.bootId === state.bootId || state.lastAtMs === 0) return { offsetMs: state.offsetMs, atMs: row.atMonotonicMs + state.offsetMs };
  const isTrusted = row.clock === "trusted" && state.lastClock === "trusted";
  const passedMs = isTrusted ? Math.max(pauseMs, row.atWallMs - state.lastWallMs) : pauseMs;
  const atMs = state.lastAtMs + passedMs;
  return { offsetMs: atMs - row.atMonotonicMs, atMs };
}
