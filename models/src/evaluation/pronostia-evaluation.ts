// `millwright-models eval pronostia`: how much of a bearing's life is left at the first warning and the first critical. The Learning_set teaches the
// critical growth, all others are judged; the end of a file is the failure. Each learning bearing is also judged by all the others, beside the figures.
import { learnCriticalGrowth, WearStage } from "../detectors/wear-stage.ts";
import { type Evaluation, rounded } from "./evaluation.ts";
import { type BearingLife, readPronostia } from "./read-pronostia.ts";

type Verdict = { readonly lifeLeft: number; readonly rms: number; readonly growth: number | null; readonly stage: string };

export const pronostiaEvaluation: Evaluation = {
  summary:
    "PRONOSTIA bearings run to failure: percent of life left at the first warning and critical; Learning_set__*.features.csv teach, all others are judged",
  async run({ data, onProgress }) {
    const lives = readPronostia(data);
    const lessons = lives
      .filter(({ isLesson }) => isLesson)
      .map((life) => ({ life, growths: judge(life, undefined).map(({ growth }) => growth) }));
    const judged = lives.map((life) => {
      onProgress(life.bearing);
      const limit = learnCriticalGrowth(lessons.filter((lesson) => lesson.life !== life).map(({ growths }) => growths));
      const verdicts = judge(life, limit);
      return { life, verdicts, figures: { ...figuresOf(life, verdicts), critical_growth: rounded(limit, 3) } };
    });
    const figures = (isLesson: boolean) => judged.filter(({ life }) => life.isLesson === isLesson).map((one) => one.figures);
    const report = { set: "pronostia", bearings: figures(false), learning_bearings_left_out_in_turn: figures(true) };
    return {
      report,
      words: report.bearings
        .map(
          (b) =>
            `bearing ${b.bearing}: life left at the first warning ${percent(b.warning_life_left)}, critical ${percent(b.critical_life_left)} (twice the first level: ${percent(b.rival_twice_first_life_left)})\n`,
        )
        .join(""),
      columns: ["bearing", "teaches", "snapshot", "life_left", "rms", "growth", "stage"],
      rows: judged.flatMap(({ life, verdicts }) =>
        verdicts.map((v, i) => [life.bearing, Number(life.isLesson), i + 1, v.lifeLeft, v.rms, v.growth ?? "", v.stage]),
      ),
      isWhole: true,
    };
  },
};

function judge({ bands, rms }: BearingLife, limit: number | undefined): Verdict[] {
  const stage = new WearStage(limit);
  return bands.map((levels, i) => ({
    lifeLeft: rounded((100 * (bands.length - 1 - i)) / bands.length, 2),
    rms: rms[i] as number,
    ...stage.push(levels),
  }));
}

function figuresOf({ bearing, rms }: BearingLife, verdicts: readonly Verdict[]) {
  const first = (is: (verdict: Verdict) => boolean): number | null => verdicts.find(is)?.lifeLeft ?? null;
  return {
    bearing,
    warning_life_left: first(({ stage }) => stage !== "normal"),
    critical_life_left: first(({ stage }) => stage === "critical"),
    rival_twice_first_life_left: first((verdict) => verdict.rms > 2 * (rms[0] as number)),
  };
}

const percent = (left: number | null): string => (left === null ? "never" : `${left} %`);
