// From one row's limits and score to what is said about the machine: level, layer, episode, signals. Pure: the state goes in and comes out.
import type { ModelManifest } from "@millwright/contract/model-manifest";
import { type Level, levels, type Signal } from "@millwright/contract/prediction";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import { type LimitRule, type LimitsOutput, limitsStep } from "@millwright/models/decisions/absolute-limits";
import {
  answerEpisode,
  combineLayers,
  type EpisodeState,
  type LayerLevel,
  type LayerName,
} from "@millwright/models/decisions/combine-layers";
import { decisionStep } from "@millwright/models/decisions/decision-step";
import { explain } from "@millwright/models/decisions/explain";
import type { MachineState } from "./baselines/machine-state.ts";
import { gatherEvidence, noEvidence } from "./windows/evidence.ts";

export type Conclusion = {
  level: Level;
  layer: LayerName;
  /**
   * null while there is nothing to act on: the level is normal (also where the episode rests: raised again soon, it is the same one), or a
   * technician has answered what it still shows.
   */
  episode: string | null;
  score: number | UnavailableReason;
  signals: readonly Signal[];
  /** The explanation's sentence, for the log of the box; the gateway makes its own from the signals. */
  sentence: string;
  levelChanged: boolean;
};

export type Judged = {
  /** Values in the order of the manifest's points; only read where there is a score. */
  values: Float64Array;
  score: number | UnavailableReason;
  contribution: Float32Array;
  limits: LimitsOutput;
  /** null where there is no usable model. */
  manifest: ModelManifest | null;
  /** unit of a point, for signals of limits. */
  unitOf: (point: string) => string;
  epoch: string;
};

/** One row. The limits' own state was stepped before; here the layers meet. */
export function conclude(state: MachineState, row: Judged): { state: MachineState; conclusion: Conclusion } {
  const scored = typeof row.score === "number" ? row.score : null;
  const decided = row.manifest === null ? null : decisionStep(state.decision, { kind: "score", score: scored }, row.manifest.thresholds);
  const combined = combineLayers(
    state.episode,
    layersOf(row.limits.level, decided?.output.level ?? "normal"),
    (decided?.output.episode ?? 0) > 0,
  );
  const isRaised = decided !== null && (decided.output.alarm || (scored ?? 0) > (row.manifest?.thresholds.watch ?? 1));
  const next: MachineState = {
    ...state,
    decision: decided?.state ?? state.decision,
    isHeld: decided?.output.hold ?? false,
    episode: combined.state,
    episodeId: episodeId(state, combined, row.epoch),
    evidence: !isRaised ? noEvidence : scored === null ? state.evidence : gatherEvidence(state.evidence, row.values, row.contribution),
  };
  const { level, layer } = shown(combined.state, row, decided);
  const { signals, sentence } = level === "normal" ? calm : layer === "limits" ? ofLimits(row) : ofBaseline(next, row, level);
  return {
    state: { ...next, shownLevel: level },
    conclusion: {
      level,
      layer,
      episode: combined.state.level === "normal" ? null : next.episodeId,
      score: row.score,
      signals,
      sentence,
      levelChanged: level !== state.shownLevel,
    },
  };
}

/** A technician's verdict ends the episode; only clearly more than what was judged begins another. */
export function afterVerdict(
  state: MachineState,
  manifest: ModelManifest | null,
  limits: { points: readonly string[]; rules: readonly LimitRule[] },
): MachineState {
  const values = new Float64Array(limits.points.length).fill(Number.NaN);
  const { level } = limitsStep(state.limits, { ...limits, values }).output;
  const limitsLevel = level === "watch" ? "warning" : level;
  const decided = manifest === null ? state.decision : decisionStep(state.decision, { kind: "reset" }, manifest.thresholds).state;
  // The decision has a bar of its own after a reset; only the limits' layer needs to be answered here.
  const episode = answerEpisode(state.episode, [{ name: "limits", level: limitsLevel }]);
  return { ...state, decision: decided, episode, episodeId: null, evidence: noEvidence };
}

// What a technician answered is no episode any more, but the machine is shown as it is until it is normal again.
function shown(heard: EpisodeState, { limits, score, manifest }: Judged, decided: Decided | null): { level: Level; layer: LayerName } {
  const candidates: { level: Level; layer: LayerName }[] = [heard, { level: limits.level, layer: "limits" }];
  if (decided !== null && decided.state.bar > 0 && manifest !== null && typeof score === "number") {
    const { watch, critical } = manifest.thresholds;
    candidates.push({ level: score > critical ? "critical" : score > watch ? "watch" : "normal", layer: "baseline" });
  }
  return candidates.reduce((worst, one) => (levels.indexOf(one.level) > levels.indexOf(worst.level) ? one : worst));
}

type Decided = ReturnType<typeof decisionStep>;

const layersOf = (limits: LayerLevel, baseline: LayerLevel) => [
  { name: "limits" as const, level: limits },
  { name: "baseline" as const, level: baseline },
];

const calm = { signals: [], sentence: "as it was while it learned, within its limits" };

function episodeId(state: MachineState, combined: ReturnType<typeof combineLayers>, epoch: string): string | null {
  if (!combined.state.isOpen) return null;
  return combined.began ? `${epoch}-${combined.state.count}` : state.episodeId;
}

function ofBaseline({ evidence }: MachineState, { manifest }: Judged, level: Level): { signals: readonly Signal[]; sentence: string } {
  if (manifest === null || evidence.rows === 0) return { signals: [], sentence: "" };
  const mean = { values: Float64Array.from(evidence.values, numberOf), contribution: Float32Array.from(evidence.contribution, numberOf) };
  const { signals, sentence } = explain({ manifest, rows: [mean], level, top: 5 });
  return { signals: signals.filter(({ contribution }, n) => n === 0 || contribution >= worthTelling), sentence };
}

/** Signals with less than this share of the score explain nothing to anybody. */
const worthTelling = 0.02;

// JSON made a null of a NaN.
const numberOf = (value: number | null): number => value ?? Number.NaN;

function ofLimits({ limits, manifest, unitOf }: Judged): { signals: Signal[]; sentence: string } {
  const worst = new Map(limits.crossings.toReversed().map((crossing) => [crossing.point, crossing]));
  const signals = [...worst.values()].map(({ point, now }): Signal => {
    const baseline = manifest?.baseline.find((known) => known.point === point)?.mean ?? null;
    return { point, unit: unitOf(point), baseline, now: Number.isFinite(now) ? now : null, contribution: 1 / worst.size };
  });
  const crossed = [...worst.values()].map(
    ({ point, side, limit, now }) => `${point} is ${Number(now.toPrecision(3))}, its limit is ${limit} (${side})`,
  );
  return { signals, sentence: `${crossed.join("; ")}.` };
}
