// `millwright-models eval extrapolation`: how far the life told by a health index alone is from the truth, on machines whose end is known. Each is asked
// at fixed shares of its life, and sees its past only. Two truths: when the index first reached its limit, which is what is forecast, and when the machine
// ended, which is what an operator wants; they differ by as much as the limit is not the machine's own.
import { Fault } from "@millwright/kit/fault";
import { medianOf } from "../detectors/statistics.ts";
import { extrapolateHealth, type HealthForecast } from "../prognosis/extrapolate-health.ts";
import { HealthHistory } from "../prognosis/health-history.ts";
import { type Evaluation, rounded } from "./evaluation.ts";
import { type HealthCase, healthCases } from "./health-cases.ts";

/** Fixed shares of a life at which each machine is asked. */
const asked = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

/** Steps of the machine; `crossing` is null where the index never reached its limit, or had reached it when asked. `rival`: of a straight line. */
type Judged = {
  readonly one: HealthCase;
  readonly share: number;
  readonly forecast: HealthForecast;
  readonly toEnd: number;
  readonly toCrossing: number | null;
  readonly rival: number | null;
};

export const extrapolationEvaluation: Evaluation = {
  summary:
    "remaining life from a health index alone, asked at 50 to 95 % of known lives: train_FD001/3.txt, test<N>_summary.csv or *.features.csv, whichever is there",
  async run({ data, onProgress }) {
    const cases = healthCases(data);
    if (cases.length === 0)
      throw new Fault("data_missing", "config", `${data} holds no file of C-MAPSS, IMS or PRONOSTIA with a known end`);
    const judged = cases.flatMap((one) => {
      onProgress(`${one.set} ${one.machine}`);
      return asked.map((share) => judge(one, share));
    });
    const report = Object.fromEntries(
      [...Map.groupBy(judged, ({ one }) => one.set)].map(([set, all]) => [
        set,
        {
          all: figuresOf(all),
          ...Object.fromEntries(asked.map((share) => [`at_${100 * share}`, figuresOf(all.filter((one) => one.share === share))])),
        },
      ]),
    );
    return {
      report,
      words: `${JSON.stringify(report, null, 2)}\n`,
      columns: ["set", "machine", "share", "status", "low", "middle", "high", "to_crossing", "to_end", "rival"],
      rows: judged.map(({ one, share, forecast, toEnd, toCrossing, rival }) => [
        one.set,
        one.machine,
        share,
        forecast.status,
        ...(forecast.status === "trend" ? [forecast.low, forecast.middle, forecast.high] : ["", "", ""]),
        toCrossing ?? "",
        toEnd,
        rival ?? "",
      ]),
      isWhole: true,
    };
  },
};

function judge(one: HealthCase, share: number): Judged {
  const now = Math.floor(share * one.index.length);
  const history = new HealthHistory();
  for (let at = one.from; at < now; at += 1) history.push(at, one.index[at] as number);
  const crossing = one.index.findIndex((value, at) => at >= one.from && value >= one.limit);
  return {
    one,
    share,
    forecast: extrapolateHealth(history.points, one.limit),
    toEnd: one.index.length - now,
    toCrossing: crossing >= now ? crossing - now : null,
    rival: lineToLimit(history, one.limit),
  };
}

/** The trivial rival: a straight line through the middles of the last two quarters of what was seen. */
function lineToLimit({ points }: HealthHistory, limit: number): number | null {
  const quarter = Math.max(1, Math.floor(points.length / 4));
  const level = (some: typeof points): number => medianOf(some.map(({ value }) => value));
  const [from, to] = [points.slice(-2 * quarter, -quarter), points.slice(-quarter)];
  const slope = (level(to) - level(from)) / (quarter * ((points[1]?.at ?? 1) - (points[0]?.at ?? 0)));
  return slope > 0 ? Math.max(0, (limit - (points.at(-1)?.value ?? 0)) / slope) : null;
}

function figuresOf(judged: readonly Judged[]) {
  const told = judged.flatMap((one) => (one.forecast.status === "trend" ? [{ ...one, forecast: one.forecast }] : []));
  const against = (truthOf: (one: (typeof told)[number]) => number | null) => {
    const known = told.flatMap((one) => {
      const truth = truthOf(one);
      return truth === null ? [] : [{ ...one, truth }];
    });
    if (known.length === 0) return null;
    const holds = known.filter(({ forecast, truth }) => truth >= forecast.low && truth <= forecast.high);
    return {
      judged: known.length,
      coverage_90: rounded(holds.length / known.length, 3),
      median_error: rounded(medianOf(known.map(({ forecast, truth }) => Math.abs(forecast.middle - truth))), 1),
      median_truth: rounded(medianOf(known.map(({ truth }) => truth)), 1),
      rival_median_error: rounded(medianOf(known.map(({ rival, truth }) => Math.abs((rival ?? Number.POSITIVE_INFINITY) - truth))), 1),
    };
  };
  return {
    asked: judged.length,
    no_trend: judged.filter(({ forecast }) => forecast.status === "no_trend" || forecast.status === "too_few").length,
    reached: judged.filter(({ forecast }) => forecast.status === "limit_reached").length,
    told: told.length,
    median_width: rounded(medianOf(told.map(({ forecast }) => forecast.high - forecast.low)), 1),
    to_limit: against(({ toCrossing }) => toCrossing),
    to_end: against(({ toEnd }) => toEnd),
  };
}
