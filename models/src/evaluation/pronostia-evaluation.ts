// `millwright-models eval pronostia`: how much of a bearing's life is left at the first warning and the first critical. The Learning_set teaches, all
// others are judged; the end of a file is the failure. Each learning bearing is also judged by the others of its duty, beside the figures.
import { learnCriticalLevel, WearStage } from "../detectors/wear-stage.ts";
import { type Evaluation, rounded } from "./evaluation.ts";
import { type BearingLife, readPronostia } from "./read-pronostia.ts";

type Verdict = { readonly lifeLeft: number; readonly level: number; readonly growth: number | null; readonly stage: string };

export const pronostiaEvaluation: Evaluation = {
  summary:
    "PRONOSTIA bearings run to failure: percent of life left at the first warning and critical; Learning_set__*.features.csv teach, all others are judged",
  async run({ data, onProgress }) {
    const lives = readPronostia(data);
    const lessons = lives.filter(({ isLesson }) => isLesson);
    const judged = lives.map((life) => {
      onProgress(life.bearing);
      const limit = learnCriticalLevel(
        lessons.filter((lesson) => lesson !== life && lesson.duty === life.duty).map(({ levels }) => levels),
      );
      const verdicts = judge(life, limit);
      return { life, verdicts, figures: figuresOf(life, verdicts) };
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
      columns: ["bearing", "teaches", "snapshot", "life_left", "level", "growth", "stage"],
      rows: judged.flatMap(({ life, verdicts }) =>
        verdicts.map((v, i) => [life.bearing, Number(life.isLesson), i + 1, v.lifeLeft, v.level, v.growth ?? "", v.stage]),
      ),
      isWhole: true,
    };
  },
};

function judge({ levels }: BearingLife, limit: number | null): Verdict[] {
  const stage = new WearStage(limit);
  return levels.map((level, i) => ({ lifeLeft: rounded((100 * (levels.length - 1 - i)) / levels.length, 2), level, ...stage.push(level) }));
}

function figuresOf({ bearing, levels }: BearingLife, verdicts: readonly Verdict[]) {
  const first = (is: (verdict: Verdict) => boolean): number | null => verdicts.find(is)?.lifeLeft ?? null;
  return {
    bearing,
    warning_life_left: first(({ stage }) => stage !== "normal"),
    critical_life_left: first(({ stage }) => stage === "critical"),
    rival_twice_first_life_left: first(({ level }) => level > 2 * (levels[0] as number)),
  };
}

const percent = (left: number | null): string => (left === null ? "never" : `${left} %`);
