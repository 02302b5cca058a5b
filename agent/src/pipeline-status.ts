// How far a machine's model is, for the state message and the log. Pure.
import type { Level } from "@millwright/contract/prediction";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import type { MachinePhase } from "@millwright/contract/up-message";
import { readiness } from "@millwright/models/detectors/readiness";
import { badShare } from "./baselines/learning.ts";
import type { MachineState } from "./baselines/machine-state.ts";
import { type Progress, progressOf } from "./baselines/state-memory.ts";
import type { Judging } from "./samples/state-gate.ts";

/** `readiness` 0…1; `missing` in plain words, null when nothing is. `states`: how far each is, in words; absent where the machine has none. */
export type PipelineStatus = {
  phase: MachinePhase;
  readiness: number;
  missing: string | null;
  states?: { name: string; text: string }[];
};

/** What the last row said. */
export type LatestRow = { atMonotonicMs: number; level: Level; score: number | UnavailableReason };

type PartState = { name: string | null; hasModel: boolean };
type StatusOptions = { parts: readonly PartState[]; periodMs: number; wantedRows: number };

/** @param options its `parts`: the machine's states, or its only one without a name */
export function pipelineStatus(state: MachineState, { parts, ...options }: StatusOptions): PipelineStatus {
  const each = parts.map((part) => ({ ...part, ...partStatus(progressOf(state, part.name), part, options) }));
  const states = each.flatMap(({ name, ...part }) => (name === null ? [] : [{ name, text: inWords(part) }]));
  const isMissing = each.some(({ name, phase }) => phase === "learning" || (name !== null && phase === "unavailable"));
  const missing = isMissing ? missingOf(states, each) : null;
  const pause = pauseOf(state.states?.gate?.now ?? state.running?.now ?? "running", state.shownLevel);
  return {
    phase: (["scoring", "learning"] as const).find((one) => each.some(({ phase }) => phase === one)) ?? "unavailable",
    readiness: each.reduce((sum, part) => sum + part.readiness, 0) / each.length,
    missing: missing === null ? null : `${missing}${pause}`,
    ...(states.length === 0 ? {} : { states }),
  };
}

type PartStatus = Pick<PipelineStatus, "phase" | "readiness" | "missing">;

function partStatus(
  { phase, learning }: Progress,
  { hasModel }: PartState,
  { periodMs, wantedRows }: Omit<StatusOptions, "parts">,
): PartStatus {
  if (phase === "scoring") return { phase: hasModel ? "scoring" : "unavailable", readiness: 1, missing: null };
  const { fraction, missing } = readiness({ rows: learning.rows, badShare: badShare(learning), periodMs, wantedRows });
  return { phase: "learning", readiness: fraction, missing };
}

const ready = "ready";

const inWords = ({ phase, missing }: PartStatus): string =>
  phase === "scoring" ? ready : phase === "unavailable" ? "its model is refused" : `${missing} of it`;

const missingOf = (states: readonly { name: string; text: string }[], parts: readonly PartStatus[]): string | null =>
  states.length === 0 ? (parts[0]?.missing ?? null) : states.map(({ name, text }) => `${name}: ${text}`).join("; ");

// What alarms while it learns is another layer, and its rows are not taken.
const alarms = " (none while a limit, a vibration zone, wear or novelty alarms)";

const pauses: Record<Judging, string> = {
  running: "",
  settling: "",
  stopped: " (the machine is not running)",
  no_state: " (it is in none of its states)",
  unknown: " (whether the machine runs is not known: a point of running_when is bad)",
};

const pauseOf = (running: Judging, shownLevel: Level): string =>
  running === "running" && shownLevel !== "normal" ? alarms : pauses[running];

/** Why it does not get on; a bad point of running_when comes and goes too often to be news. */
const standstillOf = ({ missing }: PipelineStatus): string | undefined =>
  [pauses.stopped, alarms].find((pause) => missing?.endsWith(pause));

const readyOf = ({ states = [] }: PipelineStatus): number => states.filter(({ text }) => text === ready).length;

/** Worth telling again: another phase, another tenth of the way, one more state that is ready, or the machine stands still, or alarms, while it should learn. */
export const isNews = (before: PipelineStatus | null, now: PipelineStatus): boolean =>
  before === null ||
  before.phase !== now.phase ||
  standstillOf(before) !== standstillOf(now) ||
  readyOf(before) !== readyOf(now) ||
  Math.floor(before.readiness * 10) !== Math.floor(now.readiness * 10);

/** Why a row has no score although there is a model. */
export const whyNotJudged: Record<Exclude<Judging, "running">, UnavailableReason> = {
  stopped: "not_running",
  no_state: "no_state",
  settling: "warming_up",
  unknown: "too_few_good_points",
};
