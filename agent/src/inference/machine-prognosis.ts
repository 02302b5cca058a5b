// One machine's prognosis, live: its bundle in the model worker, its stream of cycles here. In: a row of the machine while it runs. Out: remaining
// life and P(fail) at the end of a cycle, or why there is none. A prognosis that may not be used gives no figure, ever.
import type { LifeForecast } from "@millwright/contract/forecast";
import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { type PrognosisCounts, PrognosisDrift } from "@millwright/models/decisions/prognosis-drift";
import { lifeForecast, noForecast } from "@millwright/models/prognosis/life-forecast";
import {
  type CycleEnd,
  type PrognosisSnapshot,
  PrognosisStream,
  strangeCycleFeatures,
} from "@millwright/models/prognosis/prognosis-stream";
import { acceptBundle } from "../baselines/accept-bundle.ts";
import type { AgentState } from "../baselines/agent-state.ts";
import { defaultHorizonsMs } from "../config/resolve-prognosis.ts";
import type { ResolvedBundlePrognosis } from "../config/resolved-config.ts";
import { agentFault } from "../faults.ts";
import type { ModelRunner } from "./model-runner.ts";

export type OpenPrognosis = {
  models: ModelRunner;
  agentState: AgentState;
  /** Name under which the worker holds it, and the agent's state knows the newest it used. */
  key: string;
  config: ResolvedBundlePrognosis;
  /** The machine's points, in the order of its rows. */
  names: readonly string[];
  periodMs: number;
  /** Where the stream stands once the bundle is open, and with which features (their hash). */
  saved: () => SavedCycles | null;
};

/** `drift`: what was counted for the model with this hash; absent where its bundle keeps nothing to compare with. */
export type SavedCycles = { features: string; snapshot: PrognosisSnapshot; drift?: { model: string; counts: PrognosisCounts } };

export type MachinePrognosis = {
  readonly manifest: PrognosisManifest;
  /** An older bundle than before was taken, as the configuration allows; a sentence. */
  readonly rolledBack: string | null;
  /** Whole cycles since the machine was new; 0 before the first. */
  readonly cycle: number;
  readonly saved: SavedCycles;
  /** Whether the machine is like those it learned from; null where the bundle keeps nothing to compare with. */
  readonly drift: PrognosisDrift | null;
  /** @param atMs machine time @param values in the order of `names`, NaN where bad @returns null where nothing new is to be said. Never rejects. */
  row(atMs: number, values: ArrayLike<number>): Promise<LifeForecast | null>;
  /** A row of before it was open: counted as any other, and nothing is said of it. */
  catchUp(values: ArrayLike<number>): void;
};

/** Machine ms between two forecasts: a machine with quicker cycles is counted, but not asked about more often. */
const leastMs = 2_000;

/** @throws Fault model_refused with what is wrong, model_failed */
export async function openMachinePrognosis({
  models,
  agentState,
  key,
  config,
  names,
  periodMs,
  saved,
}: OpenPrognosis): Promise<MachinePrognosis> {
  const { manifest } = await models.loadPrognosis({ key, folder: config.dir });
  const places = placesOf(manifest, config, names);
  const refuse = async (why: string): Promise<never> => {
    await models.ask({ kind: "close", key });
    throw agentFault("model_refused", why);
  };
  const strange = strangeCycleFeatures(manifest) ?? missingPoints(places, manifest) ?? wrongHorizons(manifest, config);
  if (strange !== null) return refuse(`${config.dir}: ${strange}`);
  const accepted = await acceptBundle({ key, folder: config.dir, manifest, older: config.older }, agentState);
  if (!accepted.ok) return refuse(accepted.why);
  const kept = saved();
  const isKept = kept?.features === manifest.feature_schema_sha256;
  const stream = new PrognosisStream({ manifest, periodMs, ...(isKept ? { snapshot: kept.snapshot } : {}) });
  const { features, reference, feature_schema_sha256, model_sha256: model } = manifest;
  const counts = isKept && kept.drift?.model === model ? kept.drift.counts : undefined;
  const drift = reference === undefined ? null : new PrognosisDrift(features, reference, counts);
  const wanted = { ms: config.horizonsMs ?? defaultHorizonsMs, cycles: config.horizonsCycles };
  let lastMs = Number.NEGATIVE_INFINITY;
  const count = (values: ArrayLike<number>): CycleEnd | null => {
    const end = stream.push({ settings: at(values, places.settings), values: at(values, places.points) });
    if (end !== null) drift?.add(end);
    return end;
  };
  const at = (all: ArrayLike<number>, list: readonly number[]): number[] => list.map((place) => all[place] ?? Number.NaN);
  return {
    manifest,
    rolledBack: accepted.rolledBack,
    get cycle() {
      return stream.state.cycles.age;
    },
    get saved() {
      const saved = { features: feature_schema_sha256, snapshot: stream.state };
      return drift === null ? saved : { ...saved, drift: { model, counts: drift.counts } };
    },
    drift,
    catchUp: count,
    async row(atMs, values) {
      const end = count(values);
      if (end === null) return null;
      if (end.features === null) return noForecast(end.reason, end.detail);
      if (atMs - lastMs < leastMs) return null;
      lastMs = atMs;
      try {
        const { figures } = await models.ask({ kind: "forecast", key, features: end.features });
        return lifeForecast(figures, manifest, wanted);
      } catch {
        return noForecast("model_failed");
      }
    },
  };
}

type Places = { settings: readonly number[]; points: readonly number[] };

/** Where the signals of the bundle stand in a row; −1: nowhere. */
function placesOf({ features }: PrognosisManifest, { points }: ResolvedBundlePrognosis, names: readonly string[]): Places {
  const place = (name: string): number => names.indexOf(Object.hasOwn(points, name) ? (points[name] as string) : name);
  return { settings: features.settings.map(place), points: features.points.map(place) };
}

// Points that never moved while it learned are not needed.
function missingPoints({ settings, points }: Places, { features }: PrognosisManifest): string | null {
  const missing = [
    ...features.settings.filter((_, n) => settings[n] === -1),
    ...features.live.filter((p) => points[p] === -1).map((p) => features.points[p]),
  ];
  if (missing.length === 0) return null;
  return `it needs ${missing.join(", ")}, which this machine does not have; name its own points under prognosis: points:`;
}

function wrongHorizons({ features }: PrognosisManifest, { horizonsMs, horizonsCycles }: ResolvedBundlePrognosis): string | null {
  if (features.cycle_ms === undefined && horizonsMs !== null) return "it counts cycles: give horizons_cycles instead of horizons";
  return features.cycle_ms !== undefined && horizonsCycles !== null ? "it counts time: give horizons instead of horizons_cycles" : null;
}
