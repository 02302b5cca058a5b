import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { hydraulicEvaluation } from "./hydraulic-evaluation.ts";
import { recordedData } from "./recorded-data.ts";

const data = recordedData("hydraulic");
const options = { skip: data === null ? "no recordings: set MILLWRIGHT_DATA" : false };
const run = (dir: string, train: string | null = null) => hydraulicEvaluation.run({ data: dir, train, onProgress: () => {} });

/** A directory with the lines of these files that `keep` picks. */
function excerpt(t: TestContext, files: readonly string[], keep: (line: number) => boolean): string {
  const dir = mkdtempSync(join(tmpdir(), "hydraulic-"));
  t.after(() => rmSync(dir, { recursive: true }));
  for (const file of files) {
    const lines = readFileSync(join(data as string, file), "utf8")
      .trimEnd()
      .split("\n");
    writeFileSync(join(dir, file), `${lines.filter((_, i) => keep(i)).join("\n")}\n`);
  }
  return dir;
}

test("of the flow alone: every cycle judged once a part, the rows give the figures again", options, async (t) => {
  const dir = excerpt(t, ["FS1.txt", "profile.txt"], () => true);
  const { report, rows, columns } = await run(dir);
  assert.deepEqual(columns, ["row", "part", "truth", "nearest", "answer"]);
  assert.deepEqual(report["sensors"], ["FS1"]);
  const verdicts = [...rows];
  assert.equal(verdicts.length, 4 * 1764);
  assert.ok((report["pump"] as number) > 98 && (report["valve"] as number) > 90, JSON.stringify(report));
  const pump = Map.groupBy(
    verdicts.filter(([, part]) => part === "pump"),
    ([, , truth]) => truth,
  );
  const shares = [...pump.values()].map((rows) => rows.filter(([, , truth, nearest]) => truth === nearest).length / rows.length);
  assert.ok(
    Math.abs((100 * (shares[0] as number) + 100 * (shares[1] as number) + 100 * (shares[2] as number)) / 3 - (report["pump"] as number)) <
      0.006,
  );
});

test("with --train all of --data is judged, and each fold set aside this way gets the verdicts of the folds", options, async (t) => {
  const files = ["SE.txt", "TS1.txt", "profile.txt"];
  const isAside = (line: number) => Math.floor(line / 21) % 5 === 2;
  const [whole, rest, aside] = [excerpt(t, files, () => true), excerpt(t, files, (line) => !isAside(line)), excerpt(t, files, isAside)];
  const folded = [...(await run(whole)).rows].filter(([row]) => isAside(row as number)).map((cells) => cells.slice(1));
  const trained = [...(await run(aside, rest)).rows].map((cells) => cells.slice(1));
  assert.deepEqual(trained, folded);
});

test("a sensor with too few cycles, and a directory without any, are named", options, async (t) => {
  const dir = excerpt(t, ["TS1.txt", "profile.txt"], (line) => line < 30);
  writeFileSync(join(dir, "SE.txt"), `${"1 2 3 4 5 6 7 8 9 10\n".repeat(29)}`);
  await assert.rejects(run(dir), /SE\.txt:29:1: 29 cycles, but profile\.txt has 30/);
  const empty = join(dir, "empty");
  mkdirSync(empty);
  await assert.rejects(run(empty), /holds none of FS1\.txt/);
});
