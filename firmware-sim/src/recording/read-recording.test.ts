import assert from "node:assert/strict";
import { test } from "node:test";
import { RecordingProfile } from "@millwright/contract/recording-profile";
import { formatIssue } from "@millwright/kit/yaml-file";
import * as v from "valibot";
import { parsedSineProfile, sineCsv, sineProfile, waveAt } from "../test-support/sine-recording.ts";
import { parseRecording, readRecording } from "./read-recording.ts";
import { onsetOf } from "./recording.ts";

function mistakes(text: string, profile = parsedSineProfile()): string[] {
  const read = parseRecording(text, "r.csv", profile);
  return read.ok ? [] : read.issues.map(formatIssue);
}

test("times, values and the truth come out by row", () => {
  const read = parseRecording(sineCsv({ secondOf: (row) => row * 2, onset: 125 }), "r.csv", parsedSineProfile());
  assert.ok(read.ok);
  const { recording } = read;
  assert.deepEqual([...recording.timesMs.slice(0, 3)], [0, 2000, 4000]);
  assert.equal(recording.columns.get("wave")?.[77], waveAt(77));
  assert.deepEqual(onsetOf(recording), { row: 125, seconds: 250 });
  assert.equal(recording.changepoint, null);
});

test("Windows line ends, a byte order mark, quotes and empty lines are no obstacle", () => {
  const text = `\uFEFF${sineCsv().replace("Wave", '"Wave"').replaceAll("\n", "\r\n")}\r\n\r\n`;
  assert.deepEqual(mistakes(text), []);
});

test("each mistake is named by line and column, with what to do", () => {
  const bad = sineCsv().split("\n");
  bad[3] = "1583748875;x;0.25;0";
  bad[5] = "1583748870;1;;2";
  assert.deepEqual(mistakes(bad.join("\n")), [
    'r.csv:4:12  "x" in Wave is not a number. Write it like 12.5, with a point.',
    "r.csv:6:1  time goes backwards here, by 6 s. Sort the rows by time, or cut the file here.",
    "r.csv:6:14  Level is empty. Fill the cell or remove the row.",
    'r.csv:6:14  "2" in anomaly is not a label. Labels are 0 or 1.'.replace("6:14", "6:15"),
  ]);
});

test("a missing column says what is there, or what was meant", () => {
  assert.deepEqual(mistakes(sineCsv().replace("Wave", "Wafe")), ['r.csv:1:1  has no column "Wave" (points.wave). Did you mean "Wafe"?']);
  const [first] = mistakes(sineCsv(), v.parse(RecordingProfile, { ...sineProfile, delimiter: "," }));
  assert.equal(first, 'r.csv:1:1  has no column "t" (time). It has: t;Wave;Level;anomaly. Put the profile\'s column or delimiter right.');
});

test("too few rows, an empty file, and a file that is not there", () => {
  assert.match(mistakes(sineCsv({ rows: 50 })).join(), /^r\.csv:51:1 {2}has 50 rows, but learn_rows is 200: at least 201 are needed\./);
  assert.deepEqual(mistakes("\n"), ["r.csv:1:1  is empty. A recording has a line with its columns, then rows."]);
  const read = readRecording("/nowhere/r.csv", parsedSineProfile());
  assert.deepEqual(read.ok ? [] : read.issues.map(formatIssue), ["/nowhere/r.csv  does not exist. Give the path of a file that does."]);
});

test("a file without the label column is served, with a warning", () => {
  const read = parseRecording(sineCsv().replace("anomaly", "other"), "r.csv", parsedSineProfile());
  assert.ok(read.ok);
  assert.equal(read.recording.anomaly, null);
  assert.deepEqual(read.warnings.map(formatIssue), [
    'r.csv:1:1  has no column "anomaly" (labels.anomaly): it is served without that truth.',
  ]);
});

test("thousands of mistakes are not thousands of lines", () => {
  const lines = mistakes(sineCsv({ rows: 400 }).replaceAll(".", ","));
  assert.equal(lines.length, 21);
  assert.match(lines.at(-1) ?? "", /and \d+ more mistakes like these/);
});
