// `millwright-models eval hydraulic`: the condition of four parts of a rig, from features of single 60 s cycles. Five folds over blocks of 21
// cycles, or, with `--train`, learned there and judged on all of `--data`.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { counted } from "@millwright/kit/counted";
import { Fault } from "@millwright/kit/fault";
import { classify, learnLda } from "../detectors/shrinkage-lda.ts";
import { cycleFeatures } from "../features/cycle-features.ts";
import { malformed, readDataFile } from "./data-file.ts";
import { type Evaluation, rounded } from "./evaluation.ts";
import { parseNumberTable } from "./parse-number-table.ts";

const parts = ["cooler", "valve", "pump", "accumulator"] as const;
/** Those of 1 and 10 Hz; the pressures at 100 Hz are not used where they are there. */
const sensors = "FS1 FS2 TS1 TS2 TS3 TS4 VS1 CE CP SE".split(" ");
const [blockRows, folds] = [21, 5];

type Verdict = {
  readonly row: number;
  readonly part: string;
  readonly truth: number;
  readonly nearest: number;
  readonly answer: number | null;
};
type Cycles = { readonly features: readonly Float64Array[]; readonly profile: readonly Float64Array[] };

export const hydraulicEvaluation: Evaluation = {
  summary: "ZeMA hydraulic rig: condition of cooler, valve, pump and accumulator, five folds over blocks of 21 cycles, or --train",
  async run({ data, train, onProgress }) {
    const present = sensors.filter((sensor) => [data, train ?? data].every((dir) => existsSync(join(dir, `${sensor}.txt`))));
    const judged = readCycles(data, present);
    const taught = train === null ? null : readCycles(train, present);
    const verdicts = parts.flatMap((part, column) => {
      onProgress(part);
      return judgePart({ part, column, judged, taught });
    });
    const of = (part: string) => verdicts.filter((verdict) => verdict.part === part);
    const report = {
      set: "hydraulic",
      ...Object.fromEntries(parts.map((part) => [part, balancedAccuracy(of(part))])),
      rival_majority: Object.fromEntries(parts.map((part) => [part, rounded(100 / new Set(of(part).map(({ truth }) => truth)).size, 1)])),
      unknown_percent: rounded((100 * verdicts.filter(({ answer }) => answer === null).length) / Math.max(1, verdicts.length), 2),
      sensors: present,
    };
    return {
      report,
      words: `${parts.map((part) => `${part} ${balancedAccuracy(of(part))} %`).join("   ")}   (one class for all: ${Object.values(report.rival_majority).join(" / ")} %)\n`,
      columns: ["row", "part", "truth", "nearest", "answer"],
      rows: verdicts.map(({ row, part, truth, nearest, answer }) => [row, part, truth, nearest, answer ?? "unknown"]),
      isWhole: true,
    };
  },
};

function judgePart({ part, column, judged, taught }: { part: string; column: number; judged: Cycles; taught: Cycles | null }): Verdict[] {
  const foldOf = (row: number): number => (taught === null ? Math.floor(row / blockRows) % folds : 0);
  return Array.from({ length: taught === null ? folds : 1 }, (_, fold) => {
    const lessons = taught ?? judged;
    const rows = lessons.features.map((_, row) => row).filter((row) => taught !== null || foldOf(row) !== fold);
    const lda = learnLda(
      rows.map((row) => lessons.features[row] as Float64Array),
      rows.map((row) => lessons.profile[row]?.[column] as number),
    );
    return judged.features.flatMap((features, row) =>
      foldOf(row) === fold ? [{ row, part, truth: judged.profile[row]?.[column] as number, ...classify(lda, features) }] : [],
    );
  }).flat();
}

/** Mean over the classes of the share of their cycles named rightly, percent. The class nearest is judged; "don't know" is reported beside it. */
function balancedAccuracy(verdicts: readonly Verdict[]): number {
  const labels = [...new Set(verdicts.map(({ truth }) => truth))];
  const shares = labels.map((label) => {
    const members = verdicts.filter(({ truth }) => truth === label);
    return members.filter(({ nearest }) => nearest === label).length / members.length;
  });
  return rounded((100 * shares.reduce((sum, share) => sum + share, 0)) / Math.max(1, shares.length), 2);
}

function readCycles(dir: string, present: readonly string[]): Cycles {
  if (present.length === 0)
    throw new Fault("data_missing", "config", `${dir} holds none of ${sensors.join(".txt, ")}.txt; give the directory that does`);
  const profile = read(dir, "profile");
  const perSensor = present.map((sensor) => read(dir, sensor).map(cycleFeatures));
  for (const [s, rows] of perSensor.entries())
    if (rows.length !== profile.length)
      throw malformed(
        join(dir, `${present[s]}.txt`),
        rows.length,
        1,
        `${counted(rows.length, "cycle")}, but profile.txt has ${profile.length}`,
      );
  return { profile, features: profile.map((_, row) => Float64Array.from(perSensor.flatMap((rows) => rows[row] as number[]))) };
}

function read(dir: string, name: string): Float64Array[] {
  const path = join(dir, `${name}.txt`);
  return parseNumberTable(readDataFile(path, "give the directory that holds it"), path);
}
