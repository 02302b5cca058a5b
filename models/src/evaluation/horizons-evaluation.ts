// `millwright-models eval horizons`: P(fail within h) for horizons the prognosis was not trained for (it was for 30 cycles), from its interval and the
// trained probability. One half of the train units of a set of turbofans teaches, the other is judged at random cuts: no unit is in both.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@millwright/kit/fault";
import { seededRandom } from "../features/seeded-random.ts";
import { failureCurve } from "../prognosis/failure-curve.ts";
import { forecast, learnPrognosis, unitFeatures } from "../prognosis/learn-prognosis.ts";
import { prognosisSettings } from "../settings.ts";
import { cmapssSets, readCmapss } from "./evaluate-cmapss.ts";
import { type Evaluation, rounded } from "./evaluation.ts";
import { parseCmapssFile } from "./parse-cmapss-file.ts";
import { calibrationError } from "./prognosis-figures.ts";

const horizons = [10, 20, 30, 50, 75, 100];
const seed = 1;
const cutsPerUnit = 5;
/** No test unit of the set is shorter than 19 cycles. */
const firstCut = 20;

/** `p`: null where nothing is said of that horizon. */
type Row = {
  readonly set: string;
  readonly unit: number;
  readonly cycle: number;
  readonly truth: number;
  readonly p: readonly (number | null)[];
};

export const horizonsEvaluation: Evaluation = {
  summary: "turbofans (train_FD00x.txt, half of the units teach): P(fail within 10 … 100 cycles), trained at 30 and interpolated between",
  async run({ data, onProgress }) {
    const sets = cmapssSets.filter((set) => existsSync(join(data, `train_${set}.txt`)));
    if (sets.length === 0) throw new Fault("data_missing", "config", `${data} holds no train_FD001.txt … train_FD004.txt`);
    const rows = sets.flatMap((set) => judgeSet(data, set, (line) => onProgress(`${set}: ${line}`)));
    const report = Object.fromEntries(
      sets.map((set) => [
        set,
        Object.fromEntries(
          horizons.map((h, n) => [
            h,
            figuresAt(
              rows.filter((row) => row.set === set),
              h,
              n,
            ),
          ]),
        ),
      ]),
    );
    return {
      report,
      words: `${JSON.stringify(report, null, 2)}\n`,
      columns: ["set", "unit", "cycle", "truth", ...horizons.map((h) => `p_${h}`)],
      rows: rows.map(({ set, unit, cycle, truth, p }) => [set, unit, cycle, truth, ...p.map((one) => one ?? "")]),
      isWhole: true,
    };
  },
};

function judgeSet(dir: string, set: string, onStep: (line: string) => void): Row[] {
  const file = `train_${set}.txt`;
  const units = parseCmapssFile(readCmapss(dir, file), join(dir, file));
  const lessons = units.filter((_, n) => n % 2 === 0).map(({ cycles }) => cycles);
  const prognosis = learnPrognosis(lessons, { horizons: prognosisSettings.horizonsCycles, seed, onStep });
  const random = seededRandom(seed);
  const { cap, quantiles, horizonsCycles } = prognosisSettings;
  return units
    .filter((_, n) => n % 2 === 1)
    .flatMap(({ unit, cycles }) => {
      const features = unitFeatures(cycles, prognosis.features);
      return Array.from({ length: cutsPerUnit }, () => {
        const cycle = firstCut + Math.floor(random() * (cycles.length - firstCut));
        const { life, low, high, fails } = forecast(prognosis, features[cycle - 1] as Float32Array);
        const trained = horizonsCycles.map((within, n) => ({ within, p: fails[n] as number }));
        const within = failureCurve({ low, middle: life, high, quantiles: [quantiles[0], quantiles[1]], cap, trained });
        return { set, unit, cycle, truth: cycles.length - cycle, p: horizons.map((h) => within(h)?.p ?? null) };
      });
    });
}

/** Over the rows of which something is said: Brier skill against their own base rate, and the expected calibration error. */
function figuresAt(rows: readonly Row[], horizon: number, n: number) {
  const told = rows.flatMap(({ p, truth }) => (typeof p[n] === "number" ? [{ p: p[n] as number, truth: Number(truth < horizon) }] : []));
  const base = told.reduce((sum, { truth }) => sum + truth, 0) / told.length;
  const brier = told.reduce((sum, { p, truth }) => sum + (p - truth) ** 2, 0) / told.length;
  return {
    rows: rows.length,
    told: told.length,
    base_rate: rounded(base, 3),
    mean_p: rounded(told.reduce((sum, { p }) => sum + p, 0) / told.length, 3),
    skill: rounded(1 - brier / (base * (1 - base)), 3),
    ece: rounded(calibrationError(told), 3),
  };
}
