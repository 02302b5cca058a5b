// `wear` of a machine → the bearings whose vibration is watched for slow growth; and what is wrong with that.
import type { MachineConfig, WearConfig } from "@millwright/contract/agent-config";
import type { WearRule } from "@millwright/models/decisions/wear-layer";
import type { WaveformRule } from "../samples/waveform-points.ts";
import { type ConfigReport, didYouMean, type Path } from "./config-report.ts";
import type { ResolvedPoint, ResolvedRead } from "./resolved-config.ts";

/** As for points that are named: 150 hours of running are a week of its loads (docs/decisions/0022-single-registers-and-wear-on-the-box.md). */
const usualEveryMs = 3_600_000;
/** Bands that tell the stage of wear lie here: between what shakes the whole machine, and what comes and goes long before the end. */
const middleHz = [800, 8_000] as const;

type Known = {
  /** null where they are not all known, because something else is wrong. */
  readonly points: readonly ResolvedPoint[] | null;
  readonly reads: readonly ResolvedRead[];
};

/** @returns one rule a bearing; none where nothing is watched */
export function resolveWear(
  { wear, every }: Pick<MachineConfig, "wear" | "every">,
  known: Known,
  path: Path,
  report: ConfigReport,
): WearRule[] {
  if (wear === undefined || known.points === null) return [];
  if (wear === "waveforms") {
    const rules = ofWaveforms(known.reads, every);
    if (rules.length === 0)
      report.error([...path, "wear"], "this machine has no waveform. Name the points of a bearing: wear: { points: [POINT] }");
    return rules;
  }
  const entries = Array.isArray(wear)
    ? wear.map((entry, i) => ({ entry, at: [...path, "wear", i] }))
    : [{ entry: wear, at: [...path, "wear"] }];
  for (const { entry, at } of entries) checkPoints(entry, known.points, at, report);
  return entries.map(({ entry: { points: levels, bands, every: wanted } }) => ({
    levels,
    bands,
    everyMs: Math.max(wanted, slowest([...levels, ...bands], known, every)),
  }));
}

function ofWaveforms(reads: readonly ResolvedRead[], every: number): WearRule[] {
  return reads.flatMap(({ waveforms = [], everyMs }) =>
    waveforms.map((rule) => ({
      levels: ["rms", "hf_rms"].map((figure) => `${rule.name}_${figure}`),
      bands: middleBands(rule),
      everyMs: Math.max(usualEveryMs, everyMs, every),
    })),
  );
}

// Bands that nobody named are shares of the sampling rate, and where those lie is not known before the first reply.
const middleBands = ({ name, bandsHz }: WaveformRule): string[] =>
  (bandsHz ?? []).flatMap(([from, to], i) => (from >= middleHz[0] && to <= middleHz[1] ? [`${name}_band_${i + 1}`] : []));

/** The longest time between two values of these points. */
function slowest(names: readonly string[], { points, reads }: Known, every: number): number {
  const places = names.map((name) => points?.findIndex((point) => point.name === name));
  const periods = reads
    .filter(({ pointIndexes }) => places.some((place) => pointIndexes.includes(place ?? -1)))
    .map((read) => read.everyMs);
  return Math.max(every, ...periods);
}

function checkPoints({ points, bands }: WearConfig, known: readonly ResolvedPoint[], at: Path, report: ConfigReport): void {
  const names = known.map(({ name }) => name);
  for (const [key, list] of Object.entries({ points, bands }))
    for (const [i, name] of list.entries()) {
      const point = known.find((one) => one.name === name);
      if (point === undefined) report.error([...at, key, i], `"${name}" is not a point of this machine. ${didYouMean(name, names)}`);
      else if (point.unit === "dB")
        report.error(
          [...at, key, i],
          `"${name}" is in dB, and wear is seen by how strong something vibrates. Give a level such as an RMS.`,
        );
    }
}
