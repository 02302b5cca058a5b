// How far a machine's model is, for the state message and the log. Pure.
import type { Level } from "@millwright/contract/prediction";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import type { MachinePhase } from "@millwright/contract/up-message";
import { readiness } from "@millwright/models/detectors/readiness";
import { badShare } from "./baselines/learning.ts";
import type { MachineState } from "./baselines/machine-state.ts";
import type { Running } from "./samples/running-gate.ts";

/** `readiness` 0…1; `missing` in plain words, null when nothing is. */
export type PipelineStatus = { phase: MachinePhase; readiness: number; missing: string | null };

/** What the last row said. */
export type LatestRow = { atMonotonicMs: number; level: Level; score: number | UnavailableReason };

export function pipelineStatus(
  { phase, learning, running, shownLevel }: Pick<MachineState, "phase" | "learning" | "running" | "shownLevel">,
  { hasModel, periodMs, wantedRows }: { hasModel: boolean; periodMs: number; wantedRows: number },
): PipelineStatus {
  if (phase === "scoring") return { phase: hasModel ? "scoring" : "unavailable", readiness: 1, missing: null };
  const { fraction, missing } = readiness({ rows: learning.rows, badShare: badShare(learning), periodMs, wantedRows });
  return { phase: "learning", readiness: fraction, missing: `${missing}${pauseOf(running?.now ?? "running", shownLevel)}` };
}

// What alarms while it learns is another layer, and its rows are not taken.
const alarms = " (none while a limit, a vibration zone, wear or novelty alarms)";

const pauses: Record<Running, string> = {
  running: "",
  settling: "",
  stopped: " (the machine is not running)",
  unknown: " (whether the machine runs is not known: a point of running_when is bad)",
};

const pauseOf = (running: Running, shownLevel: Level): string =>
  running === "running" && shownLevel !== "normal" ? alarms : pauses[running];

/** Why it does not get on; a bad point of running_when comes and goes too often to be news. */
const standstillOf = ({ missing }: PipelineStatus): string | undefined =>
  [pauses.stopped, alarms].find((pause) => missing?.endsWith(pause));

/** Worth telling again: another phase, another tenth of the way, or the machine stands still, or alarms, while it should learn. */
export const isNews = (before: PipelineStatus | null, now: PipelineStatus): boolean =>
  before === null ||
  before.phase !== now.phase ||
  standstillOf(before) !== standstillOf(now) ||
  Math.floor(before.readiness * 10) !== Math.floor(now.readiness * 10);

/** Why a row has no score although there is a model. */
export const whyNotJudged: Record<Exclude<Running, "running">, UnavailableReason> = {
  stopped: "not_running",
  settling: "warming_up",
  unknown: "too_few_good_points",
};
