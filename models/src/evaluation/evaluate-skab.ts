// SKAB under its own protocol: the first 400 rows of each file teach, the rest is judged; figures pooled over all judged rows.
import { join } from "node:path";
import { counted } from "@millwright/kit/counted";
import { type ChangepointFile, type ChangepointScore, changepointScore } from "./changepoint-score.ts";
import { malformed, readDataFile } from "./data-file.ts";
import { rounded } from "./evaluation.ts";
import { type JudgedRow, judgeRecording } from "./judge-recording.ts";
import { listRecordings } from "./list-recordings.ts";
import { parseSkabFile, type Recording } from "./parse-skab-file.ts";

export type SkabReport = {
  readonly set: "skab";
  readonly files: number;
  readonly f1: number;
  /** Percent of the normal rows with an alarm; percent of the anomalous rows without. */
  readonly far: number;
  readonly mar: number;
  readonly changepoint: ChangepointScore;
  /** F1 of a detector that alarms in every row: the figure to beat. */
  readonly rival_always_alarm_f1: number;
  /** Changepoints of a detector that reports one every minute, whatever happens: this protocol rewards it, so read ours beside it. */
  readonly rival_every_minute_changepoint: ChangepointScore;
  /** Files whose learning rows were refused, with the reason; they count as "no alarm". */
  readonly refused: readonly { readonly file: string; readonly reason: string }[];
};

export type SkabRow = JudgedRow & { readonly file: string; readonly truth: boolean };

const learnRows = 400;

/** @param onFile called before each file, for progress @throws Fault data_missing, recording_malformed */
export async function evaluateSkab(
  dir: string,
  onFile: (file: string) => void = () => {},
): Promise<{ report: SkabReport; rows: SkabRow[] }> {
  const rows: SkabRow[] = [];
  const changepoints: ChangepointFile[] = [];
  const rivals: ChangepointFile[] = [];
  const refused: { file: string; reason: string }[] = [];
  const files = listRecordings(dir);
  for (const file of files) {
    onFile(file);
    const recording = readRecording(dir, file);
    const labels = recording.labels as NonNullable<Recording["labels"]>;
    const judgement = await judgeRecording(recording, { learnRows });
    if (judgement.refusal !== null) refused.push({ file, reason: judgement.refusal });
    rows.push(...judgement.rows.map((row) => ({ ...row, file, truth: labels[row.row]?.anomaly === true })));
    const truths = judgement.rows.filter(({ row }) => labels[row]?.changepoint === true).map(({ atMs }) => atMs);
    changepoints.push({ truths, detections: judgement.rows.filter(({ changepoint }) => changepoint).map(({ atMs }) => atMs) });
    rivals.push({ truths, detections: everyMinute(judgement.rows) });
  }
  const changepoint = roundedScore(changepointScore(changepoints));
  const rival = roundedScore(changepointScore(rivals));
  const report = {
    set: "skab" as const,
    files: files.length,
    ...figuresOf(rows),
    changepoint,
    rival_every_minute_changepoint: rival,
    refused,
  };
  return { rows, report };
}

function everyMinute(rows: readonly JudgedRow[]): number[] {
  const [first, last] = [rows[0]?.atMs ?? 0, rows.at(-1)?.atMs ?? 0];
  return Array.from({ length: Math.floor((last - first) / 60_000) + 1 }, (_, minute) => first + 60_000 * minute);
}

function readRecording(dir: string, file: string): Recording {
  const path = join(dir, file);
  const recording = parseSkabFile(readDataFile(path), path);
  if (recording.labels === null) throw malformed(path, 1, 1, 'there is no column "anomaly"; without labels nothing can be judged');
  if (recording.rows.length <= learnRows)
    throw malformed(
      path,
      recording.rows.length + 1,
      1,
      `only ${counted(recording.rows.length, "row")}; the first ${learnRows} teach and none is left to judge`,
    );
  return recording;
}

function figuresOf(rows: readonly SkabRow[]): Pick<SkabReport, "f1" | "far" | "mar" | "rival_always_alarm_f1"> {
  const count = (truth: boolean, alarm: boolean): number => rows.filter((row) => row.truth === truth && row.alarm === alarm).length;
  const [hits, misses, falseAlarms, calm] = [count(true, true), count(true, false), count(false, true), count(false, false)];
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return {
    f1: rounded(share(2 * hits, 2 * hits + falseAlarms + misses), 4),
    far: rounded(100 * share(falseAlarms, falseAlarms + calm), 2),
    mar: rounded(100 * share(misses, misses + hits), 2),
    rival_always_alarm_f1: rounded(share(2 * (hits + misses), 2 * (hits + misses) + falseAlarms + calm), 4),
  };
}

const roundedScore = ({ standard, low_fp, low_fn }: ChangepointScore): ChangepointScore => ({
  standard: rounded(standard, 2),
  low_fp: rounded(low_fp, 2),
  low_fn: rounded(low_fn, 2),
});
