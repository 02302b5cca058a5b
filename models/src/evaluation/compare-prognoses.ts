// Two prognoses on the same histories: what each would have forecast, how far they are apart, and, where the ends are known, which was right. Pure.
import type { PrognosisManifest } from "@millwright/contract/prognosis-manifest";
import { Fault } from "@millwright/kit/fault";
import { meanOf, quantileOf } from "../detectors/statistics.ts";
import { rounded } from "./evaluation.ts";
import { prognosisFigures } from "./prognosis-figures.ts";
import type { ReplayedCycle } from "./replay-prognosis.ts";

/** All lives in cycles. */
type Side = {
  readonly forecast_cycles: number;
  /** Reason → cycles without a forecast. */
  readonly unavailable: Readonly<Record<string, number>>;
  /** Of the middle; null where nothing was forecast. */
  readonly life: { readonly p10: number; readonly p50: number; readonly p90: number } | null;
  readonly mean_width: number | null;
  readonly p_fail: readonly { readonly within_cycles: number; readonly mean: number; readonly max: number }[];
  /** Over the cycles that both forecast and whose end is known; null where there are none. */
  readonly against_ends: AgainstEnds | null;
};
type AgainstEnds = {
  readonly units: number;
  readonly cycles: number;
  readonly rmse_capped: number;
  readonly rmse_raw: number;
  /** Share of the (capped) lives within the interval, and its mean width. */
  readonly interval_holds: number;
  readonly mean_width: number;
  /** Brier skill against the base rate of these cycles, null where none or all of them fail so soon; calibration error over ten bins. */
  readonly p_fail: readonly { readonly within_cycles: number; readonly skill: number | null; readonly ece: number }[];
};
/** The middle of one lies outside the other's interval. `a`, `b`: their middles at its end. */
type Stretch = {
  readonly unit: number | null;
  readonly from_row: number;
  readonly to_row: number;
  readonly at: string;
  readonly a: number;
  readonly b: number;
};
export type PrognosisComparison = {
  readonly units: number;
  readonly cycles: number;
  /** The smaller of the two: longer lives count as so many, in both. */
  readonly cap_cycles: number;
  readonly a: Side;
  readonly b: Side;
  readonly both_cycles: number;
  /** B less A, where both forecast; null where they never do. */
  readonly life_difference: { readonly mean: number; readonly mean_absolute: number; readonly largest: number } | null;
  readonly p_fail_difference: readonly { readonly within_cycles: number; readonly mean: number; readonly mean_absolute: number }[];
  /** Longest first, at most ten. */
  readonly differ: readonly Stretch[];
};

export type ReplayedPrognosis = { readonly manifest: PrognosisManifest; readonly cycles: readonly ReplayedCycle[] };
/** Both with figures: low, middle, high, then P(fail) for each common horizon. */
type Pair = { readonly a: ReplayedCycle; readonly b: ReplayedCycle; readonly figures: readonly [readonly number[], readonly number[]] };

/** Only horizons that both were trained for are compared. @throws Fault not_comparable where their cycles are not the same */
export function comparePrognoses(a: ReplayedPrognosis, b: ReplayedPrognosis): PrognosisComparison {
  const [cycleOfA, cycleOfB] = [a, b].map(({ manifest }) => cycleText(manifest)) as [string, string];
  if (cycleOfA !== cycleOfB)
    throw new Fault(
      "not_comparable",
      "config",
      `${a.manifest.id} counts ${cycleOfA}, ${b.manifest.id} counts ${cycleOfB}: their lives cannot be compared`,
    );
  const horizons = a.manifest.horizons_cycles.filter((within) => b.manifest.horizons_cycles.includes(within));
  const cap = Math.min(a.manifest.life.cap_cycles, b.manifest.life.cap_cycles);
  const [ofA, ofB] = [commonFigures(a, horizons, cap), commonFigures(b, horizons, cap)];
  const pairs = a.cycles.flatMap((one, n): Pair[] => {
    const [other, mine, its] = [b.cycles[n], ofA[n], ofB[n]];
    return other === undefined || mine == null || its == null ? [] : [{ a: one, b: other, figures: [mine, its] }];
  });
  const differences = pairs.map(({ figures: [one, other] }) => (other[1] as number) - (one[1] as number));
  return {
    units: new Set(a.cycles.map(({ unit }) => unit)).size,
    cycles: a.cycles.length,
    cap_cycles: cap,
    a: sideOf(a.cycles, ofA, { horizons, ends: againstEnds(pairs, 0, horizons, cap) }),
    b: sideOf(b.cycles, ofB, { horizons, ends: againstEnds(pairs, 1, horizons, cap) }),
    both_cycles: pairs.length,
    life_difference:
      pairs.length === 0 ? null : { ...meansOf(differences, 2), largest: rounded(quantileOf(differences.map(Math.abs), 1), 2) },
    p_fail_difference: horizons.flatMap((within_cycles, h) => {
      const apart = pairs.map(({ figures: [one, other] }) => (other[3 + h] as number) - (one[3 + h] as number));
      return pairs.length === 0 ? [] : [{ within_cycles, ...meansOf(apart, 4) }];
    }),
    differ: stretchesOf(pairs),
  };
}

const cycleText = ({ features }: PrognosisManifest): string =>
  features.cycle_ms === undefined ? "the machine's own cycles" : `cycles of ${features.cycle_ms} ms of running time`;

const meansOf = (values: readonly number[], digits: number): { mean: number; mean_absolute: number } => ({
  mean: rounded(meanOf(values), digits),
  mean_absolute: rounded(meanOf(values.map(Math.abs)), digits),
});

/** Lives held to the common cap, and the common horizons alone. */
function commonFigures({ manifest, cycles }: ReplayedPrognosis, horizons: readonly number[], cap: number): (number[] | null)[] {
  const places = horizons.map((within) => 3 + manifest.horizons_cycles.indexOf(within));
  return cycles.map(({ figures }) =>
    figures === null
      ? null
      : [...figures.slice(0, 3).map((life) => Math.min(cap, life)), ...places.map((place) => figures[place] as number)],
  );
}

function sideOf(
  cycles: readonly ReplayedCycle[],
  figures: readonly (readonly number[] | null)[],
  { horizons, ends }: { horizons: readonly number[]; ends: AgainstEnds | null },
): Side {
  const found = figures.filter((one) => one !== null);
  const all = (place: number): number[] => found.map((one) => one[place] as number);
  const quantile = (q: number): number => rounded(quantileOf(all(1), q), 1);
  const unavailable: Record<string, number> = {};
  for (const { reason } of cycles) if (reason !== null) unavailable[reason] = (unavailable[reason] ?? 0) + 1;
  const isSilent = found.length === 0;
  return {
    forecast_cycles: found.length,
    unavailable,
    life: isSilent ? null : { p10: quantile(0.1), p50: quantile(0.5), p90: quantile(0.9) },
    mean_width: isSilent ? null : rounded(meanOf(found.map(([low = 0, , high = 0]) => high - low)), 2),
    p_fail: isSilent
      ? []
      : horizons.map((within_cycles, h) => ({
          within_cycles,
          mean: rounded(meanOf(all(3 + h)), 4),
          max: rounded(quantileOf(all(3 + h), 1), 4),
        })),
    against_ends: ends,
  };
}

function againstEnds(pairs: readonly Pair[], side: 0 | 1, horizons: readonly number[], cap: number): AgainstEnds | null {
  const known = pairs.filter(({ a }) => Number.isFinite(a.remaining));
  if (known.length === 0) return null;
  const judged = (h: number) =>
    known.map(({ a, figures }) => {
      const [low = 0, life = 0, high = 0, ...fails] = figures[side];
      return { unit: a.unit ?? 0, cycle: a.cycle, truth: a.remaining, low, life, high, pFail: fails[h] ?? 0 };
    });
  const { rmse_capped, rmse_raw, coverage_90, mean_width } = prognosisFigures(judged(0), { cap, horizon: 0 });
  return {
    units: new Set(known.map(({ a }) => a.unit)).size,
    cycles: known.length,
    rmse_capped,
    rmse_raw,
    interval_holds: coverage_90,
    mean_width,
    p_fail: horizons.map((within_cycles, h) => {
      const { skill, ece } = prognosisFigures(judged(h), { cap, horizon: within_cycles }).p_fail;
      return { within_cycles, skill: Number.isFinite(skill) ? skill : null, ece };
    }),
  };
}

function stretchesOf(pairs: readonly Pair[]): Stretch[] {
  const stretches: (Stretch & { readonly cycle: number; readonly cycles: number })[] = [];
  for (const { a, figures } of pairs) {
    const [[lowA = 0, lifeA = 0, highA = 0], [lowB = 0, lifeB = 0, highB = 0]] = figures;
    const isApart = lifeA < lowB || lifeA > highB || lifeB < lowA || lifeB > highA;
    if (!isApart) continue;
    const middles = { a: rounded(lifeA, 1), b: rounded(lifeB, 1), to_row: a.row, cycle: a.cycle };
    const last = stretches.at(-1);
    if (last?.unit === a.unit && last.cycle === a.cycle - 1)
      stretches[stretches.length - 1] = { ...last, ...middles, cycles: last.cycles + 1 };
    else stretches.push({ unit: a.unit, from_row: a.row, at: new Date(a.atMs).toISOString(), cycles: 1, ...middles });
  }
  return stretches
    .toSorted((x, y) => y.cycles - x.cycles)
    .slice(0, 10)
    .map(({ cycle: _cycle, cycles: _cycles, ...stretch }) => stretch);
}
