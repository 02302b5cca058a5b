// From one row's limits and score to what is said about the machine: level, layer, episode, signals. Pure: the state goes in and comes out.
import type { ModelManifest } from "@millwright/contract/model-manifest";
import { type Level, levels, type Signal } from "@millwright/contract/prediction";
import type { UnavailableReason } from "@millwright/contract/unavailable-reason";
import type { LimitsOutput } from "@millwright/models/decisions/absolute-limits";
import {
  answerEpisode,
  combineLayers,
  type EpisodeState,
  type LayerLevel,
  type LayerName,
} from "@millwright/models/decisions/combine-layers";
import { decisionStep } from "@millwright/models/decisions/decision-step";
import { explain } from "@millwright/models/decisions/explain";
import { type ZoneRule, type ZonesOutput, zoneOf } from "@millwright/models/decisions/vibration-zone";
import type { MachineState } from "./baselines/machine-state.ts";
import type { LearnedLayerName, Spoken } from "./learned-layer.ts";
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
  zones: ZonesOutput;
  /** Layers that learn by themselves beside the baseline. */
  learned: readonly Spoken[];
  /** Points that a vibration standard judges. */
  zoneRules: readonly ZoneRule[];
  /** null where there is no usable model. */
  manifest: ModelManifest | null;
  /** unit of a point, for signals of limits. */
  unitOf: (point: string) => string;
  epoch: string;
};

/** What a row changes of a machine's state, beside where it stands. */
export type JudgedState = Pick<MachineState, "decision" | "hold" | "episode" | "episodeId" | "evidence" | "shownLevel">;

/** One row. The layers but the baseline have states of their own, stepped before; here all meet. */
export function conclude(state: MachineState, row: Judged): { state: JudgedState; conclusion: Conclusion } {
  const scored = typeof row.score === "number" ? row.score : null;
  const decided = row.manifest === null ? null : decisionStep(state.decision, { kind: "score", score: scored }, row.manifest.thresholds);
  const beside = layersBeside(row);
  const baseline = decided?.output.level ?? "normal";
  const layers = beside === normalBeside && baseline === "normal" ? allNormal : [...beside, { name: "baseline", level: baseline } as const];
  const combined = combineLayers(state.episode, layers, (decided?.output.episode ?? 0) > 0);
  const isRaised = decided !== null && (decided.output.alarm || (scored ?? 0) > (row.manifest?.thresholds.watch ?? 1));
  const { level, layer } = shown(combined.state, beside, row, decided);
  const next: JudgedState = {
    decision: decided?.state ?? state.decision,
    hold: decided?.output.hold ?? "leaders",
    episode: combined.state,
    episodeId: episodeId(state, combined, row.epoch),
    evidence: !isRaised ? noEvidence : scored === null ? state.evidence : gatherEvidence(state.evidence, row.values, row.contribution),
    shownLevel: level,
  };
  const { signals, sentence } = level === "normal" ? calm : evidenceOf(layer, next, row, level);
  return {
    state: next,
    conclusion: {
      level,
      layer,
      episode: combined.state.level === "normal" ? null : next.episodeId,
      score: row.score,
      signals: row.zoneRules.length === 0 ? signals : signals.map((signal) => withZone(signal, row.zoneRules)),
      sentence,
      levelChanged: level !== state.shownLevel,
    },
  };
}

/**
 * A technician's verdict ends the episode; only clearly more than what was judged begins another.
 * @param beside how the layers beside the baseline stand
 */
export function afterVerdict(state: MachineState, manifest: ModelManifest | null, beside: readonly LayerOf[]): MachineState {
  const decided = manifest === null ? state.decision : decisionStep(state.decision, { kind: "reset" }, manifest.thresholds).state;
  // The decision has a bar of its own after a reset; only the other layers need to be answered here.
  const episode = answerEpisode(state.episode, beside);
  return { ...state, decision: decided, episode, episodeId: null, evidence: noEvidence };
}

// What a technician answered is no episode any more, but the machine is shown as it is until it is normal again.
function shown(
  heard: EpisodeState,
  beside: readonly LayerOf[],
  { score, manifest }: Judged,
  decided: Decided | null,
): { level: Level; layer: LayerName } {
  const isBarred = (decided?.state.bar ?? 0) > 0;
  if (heard.level === "normal" && !isBarred && beside.every(({ level }) => level === "normal")) return heard;
  const candidates: { level: Level; layer: LayerName }[] = [heard, ...beside.map(({ name, level }) => ({ level, layer: name }))];
  if (decided !== null && decided.state.bar > 0 && manifest !== null && typeof score === "number") {
    const { watch, critical } = manifest.thresholds;
    candidates.push({ level: score > critical ? "critical" : score > watch ? "watch" : "normal", layer: "baseline" });
  }
  return candidates.reduce((worst, one) => (levels.indexOf(one.level) > levels.indexOf(worst.level) ? one : worst));
}

type Decided = ReturnType<typeof decisionStep>;

export type LayerOf = { readonly name: LayerName; readonly level: LayerLevel };

/** The layers beside the baseline, normal where the machine has none. In order of preference: on a tie the first one speaks, the baseline last. */
export function layersBeside({ limits, zones, learned }: Pick<Judged, "limits" | "zones" | "learned">): readonly LayerOf[] {
  if (limits.level === "normal" && zones.level === "normal" && learned.every(({ level }) => level === "normal")) return normalBeside;
  const ofLearned = (name: LearnedLayerName): LayerOf => ({ name, level: learned.find((one) => one.name === name)?.level ?? "normal" });
  return [{ name: "limits", level: limits.level }, { name: "zones", level: zones.level }, ofLearned("wear"), ofLearned("novelty")];
}

// Most rows say this: it is not made anew for each.
const normalBeside: readonly LayerOf[] = (["limits", "zones", "wear", "novelty"] as const).map((name) => ({ name, level: "normal" }));
const allNormal: readonly LayerOf[] = [...normalBeside, { name: "baseline", level: "normal" }];

const calm: Told = { signals: [], sentence: "as it was while it learned, within its limits" };

function episodeId(state: MachineState, combined: ReturnType<typeof combineLayers>, epoch: string): string | null {
  if (!combined.state.isOpen) return null;
  return combined.began ? `${epoch}-${combined.state.count}` : state.episodeId;
}

type Told = { signals: readonly Signal[]; sentence: string };

function evidenceOf(layer: LayerName, state: JudgedState, row: Judged, level: Level): Told {
  if (layer === "limits") return ofLimits(row);
  if (layer === "zones") return ofZones(row);
  return row.learned.find(({ name }) => name === layer) ?? ofBaseline(state, row, level);
}

function ofBaseline({ evidence }: JudgedState, { manifest }: Judged, level: Level): Told {
  if (manifest === null || evidence.rows === 0) return { signals: [], sentence: "" };
  const mean = { values: Float64Array.from(evidence.values, numberOf), contribution: Float32Array.from(evidence.contribution, numberOf) };
  const { signals, sentence } = explain({ manifest, rows: [mean], level, top: 5 });
  return { signals: signals.filter(({ contribution }, n) => n === 0 || contribution >= worthTelling), sentence };
}

/** Signals with less than this share of the score explain nothing to anybody. */
const worthTelling = 0.02;

// JSON made a null of a NaN.
const numberOf = (value: number | null): number => value ?? Number.NaN;

function ofLimits(row: Judged): Told {
  const worst = new Map(row.limits.crossings.toReversed().map((crossing) => [crossing.point, crossing]));
  const crossed = [...worst.values()].map(
    ({ point, side, limit, now }) => `${point} is ${Number(now.toPrecision(3))}, its limit is ${limit} (${side})`,
  );
  return { signals: beyond([...worst.values()], row), sentence: `${crossed.join("; ")}.` };
}

function ofZones(row: Judged): Told {
  const signals = beyond(row.zones.findings, row);
  const told = signals.flatMap((signal) => {
    const { zone } = withZone(signal, row.zoneRules);
    return zone === undefined
      ? []
      : [`${signal.point}: velocity ${Number(zone.velocity_mm_s.toPrecision(3))} mm/s: zone ${zone.letter} of ${zone.standard}`];
  });
  return { signals, sentence: `${told.join("; ")}.` };
}

/** Signals of points that are beyond something fixed; each counts as much as the others. */
const beyond = (points: readonly { point: string; now: number }[], { manifest, unitOf }: Judged): Signal[] =>
  points.map(({ point, now }) => ({
    point,
    unit: unitOf(point),
    baseline: manifest?.baseline.find((known) => known.point === point)?.mean ?? null,
    now: Number.isFinite(now) ? now : null,
    contribution: 1 / points.length,
  }));

/** Whichever layer speaks: of a point that a vibration standard judges, the zone is said, too. */
function withZone(signal: Signal, rules: readonly ZoneRule[]): Signal {
  const rule = rules.find(({ point }) => point === signal.point);
  if (rule === undefined || signal.now === null) return signal;
  const velocityMmS = signal.now * rule.mmSPerUnit;
  return { ...signal, zone: { letter: zoneOf(velocityMmS, rule.boundariesMmS), standard: rule.standard, velocity_mm_s: velocityMmS } };
}
