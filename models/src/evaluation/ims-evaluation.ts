// `millwright-models eval ims`: how long before the end of a bearing test the first alarm came, each bearing by itself, its first 150 snapshots its normal.
import { WearChart } from "../detectors/wear-chart.ts";
import { type Evaluation, rounded } from "./evaluation.ts";
import { readIms } from "./read-ims.ts";

/** What the publishers say failed; other tests and bearings: null. The verdicts never see it. */
const failedBearings: Readonly<Record<string, readonly number[]>> = { "1": [3, 4], "2": [1], "3": [3] };
const hourMs = 3_600_000;

type Verdict = {
  readonly snapshot: number;
  readonly hoursBeforeEnd: number;
  readonly score: number | null;
  readonly alarm: boolean;
  readonly rival: boolean;
};

export const imsEvaluation: Evaluation = {
  summary:
    "NASA/IMS bearing tests: lead of the first alarm, from test<N>_features.csv or else test<N>_summary.csv; each bearing learns its first 150 snapshots",
  async run({ data, onProgress }) {
    const judged = readIms(data).map(({ test, source, bearings }) => {
      onProgress(`test ${test} from ${source}`);
      return {
        test,
        source,
        bearings: bearings.map((bearing) => ({ bearing: bearing.bearing, verdicts: judge(bearing.timesMs, bearing.channels) })),
      };
    });
    const tests = Object.fromEntries(
      judged.map(({ test, source, bearings }) => [
        test,
        {
          source,
          bearings: bearings.map(({ bearing, verdicts }) => ({
            bearing,
            first_alarm_h_before_end: lead(verdicts, "alarm"),
            failed: failedBearings[test]?.includes(bearing) ?? null,
            rival_half_as_much_again_h: lead(verdicts, "rival"),
          })),
        },
      ]),
    );
    return {
      report: { set: "ims", tests },
      words: Object.entries(tests)
        .map(
          ([test, { source, bearings }]) =>
            `test ${test} (${source}): ${bearings.map((b) => `bearing ${b.bearing} ${hours(b.first_alarm_h_before_end)} (half as much again as the first snapshot: ${hours(b.rival_half_as_much_again_h)})`).join("   ")}\n`,
        )
        .join(""),
      columns: ["test", "bearing", "snapshot", "h_before_end", "score", "alarm", "rival"],
      rows: judged.flatMap(({ test, bearings }) =>
        bearings.flatMap(({ bearing, verdicts }) =>
          verdicts.map((v) => [test, bearing, v.snapshot, v.hoursBeforeEnd, v.score ?? "", Number(v.alarm), Number(v.rival)]),
        ),
      ),
      isWhole: true,
    };
  },
};

function judge(timesMs: readonly number[], channels: readonly (readonly number[])[]): Verdict[] {
  const chart = new WearChart();
  const endMs = timesMs.at(-1) as number;
  return timesMs.map((atMs, snapshot) => {
    const levels = channels.map((channel) => channel[snapshot] as number);
    const rival = (levels[0] as number) > 1.5 * (channels[0]?.[0] as number);
    return { snapshot: snapshot + 1, hoursBeforeEnd: rounded((endMs - atMs) / hourMs, 2), rival, ...chart.push(levels) };
  });
}

const lead = (verdicts: readonly Verdict[], word: "alarm" | "rival"): number | null =>
  verdicts.find((verdict) => verdict[word])?.hoursBeforeEnd ?? null;
const hours = (lead: number | null): string => (lead === null ? "no alarm" : `${lead} h`);
