import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { evaluateNab } from "./evaluate-nab.ts";
import { nabEvaluation } from "./nab-evaluation.ts";
import { officialScore } from "./nab-score.ts";
import { recordedData } from "./recorded-data.ts";

const data = recordedData("nab");
const options = { skip: data === null ? "no recordings: set MILLWRIGHT_DATA" : false };

function temporaryDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "nab-"));
  t.after(() => rmSync(dir, { recursive: true }));
  mkdirSync(join(dir, "labels"));
  mkdirSync(join(dir, "data", "a"), { recursive: true });
  return dir;
}

test("the goals hold on the series that are there, and the rows written give the same figures again", options, async () => {
  const { report, rows } = await nabEvaluation.run({ data: data as string, train: null, onProgress: () => {} });
  const figures = report as ReturnType<typeof evaluateNab>["report"];
  assert.ok(figures.standard >= 72 && figures.low_fp >= 63 && figures.low_fn >= 77, JSON.stringify(figures));
  assert.ok((figures.other_file_standard ?? 0) >= 70);
  assert.ok(figures.standard > figures.rival_distance_from_mean.standard + 10);
  const scores = Map.groupBy(rows, ([file]) => file);
  const { scored } = evaluateNab(data as string);
  const again = officialScore(
    scored.map(({ file, windows }) => ({ windows, scores: (scores.get(file) ?? []).map((cells) => Number(cells[3])) })),
  );
  assert.ok(Math.abs(again.standard - figures.standard) < 0.005);
});

test("of one folder only that is judged; a threshold from other folders there is none", options, (t) => {
  const dir = temporaryDir(t);
  cpSync(join(data as string, "labels"), join(dir, "labels"), { recursive: true });
  cpSync(join(data as string, "data", "realTraffic"), join(dir, "data", "realTraffic"), { recursive: true });
  const { report } = evaluateNab(dir);
  assert.equal(report.other_file_standard, null);
  assert.ok(report.series.length > 0 && report.series.every(({ file }) => file.startsWith("realTraffic/")));
  assert.ok(report.missing.length > 0);
  assert.ok(report.standard > 0);
});

test("labels that do not fit are refused with the file and what is wrong", (t) => {
  const dir = temporaryDir(t);
  const refusal = (labels: string): string => {
    writeFileSync(join(dir, "labels", "combined_windows.json"), labels);
    try {
      evaluateNab(dir);
      return "";
    } catch (error) {
      return (error as { detail: string }).detail;
    }
  };
  writeFileSync(join(dir, "data", "a", "x.csv"), "timestamp,value\n2014-04-01 00:05:00,1\n");
  assert.match(refusal("[1"), /combined_windows\.json:1:1: /);
  assert.match(refusal('{"a/x.csv": [["2014"]]}'), /not the windows of the benchmark/);
  assert.match(refusal('{"a/y.csv": []}'), /holds none of the 1 series/);
  assert.match(refusal('{"a/x.csv": [["2014-04-01 00:05:00.000000", "2014-04-01 00:10:00.000000"]]}'), /ends at 2014-04-01 00:10:00/);
  assert.equal(refusal('{"a/x.csv": [["2014-04-01 00:05:00.000000", "2014-04-01 00:05:00.000000"]]}'), "");
});
