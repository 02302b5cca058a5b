import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { recordedData } from "./recorded-data.ts";
import { tepEvaluation } from "./tep-evaluation.ts";

const data = recordedData("tep");
const options = { skip: data === null ? "no recordings: set MILLWRIGHT_DATA" : false };
const run = (dir: string) => tepEvaluation.run({ data: dir, train: null, onProgress: () => {} });

function excerpt(t: TestContext, files: readonly string[]): string {
  const dir = mkdtempSync(join(tmpdir(), "tep-"));
  t.after(() => rmSync(dir, { recursive: true }));
  for (const file of files) copyFileSync(join(data as string, file), join(dir, file));
  return dir;
}

test("of one fault: found, few false alarms, and the rows give the figures again", options, async (t) => {
  const { report, rows } = await run(excerpt(t, ["d00.dat", "d00_te.dat", "d06_te.dat"]));
  const verdicts = [...rows];
  assert.deepEqual(Object.keys(report["faults"] as object), ["6"]);
  assert.ok((report["detection"] as number) > 99 && (report["false_alarm"] as number) <= 2, JSON.stringify(report));
  const alarms = (fault: number, from: number, to: number) =>
    verdicts.filter(([f, row, , alarm]) => f === fault && (row as number) > from && (row as number) <= to && alarm === 1).length;
  assert.ok(Math.abs(alarms(6, 160, 960) / 8 - (report["detection"] as number)) < 0.006);
  assert.ok(Math.abs(alarms(0, 480, 960) / 4.8 - (report["false_alarm"] as number)) < 0.006);
  assert.ok(Math.abs(alarms(6, 0, 160) / 1.6 - (report["false_alarm_prefault"] as number)) < 0.006);
});

test("without a faulty file there is no figure for faults; without the normal one it says what is missing", options, async (t) => {
  const { report } = await run(excerpt(t, ["d00.dat", "d00_te.dat"]));
  assert.deepEqual([report["faults"], report["detection"], report["false_alarm_prefault"]], [{}, null, null]);
  await assert.rejects(run(excerpt(t, ["d00.dat"])), /d00_te\.dat does not exist; give the directory/);
});
