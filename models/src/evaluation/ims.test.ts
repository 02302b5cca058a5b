import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { imsEvaluation } from "./ims-evaluation.ts";
import { recordedData } from "./recorded-data.ts";

const data = recordedData("ims");
const options = { skip: data === null && "no recorded data" };

async function leads(dir: string): Promise<(number | null)[]> {
  const { report } = await imsEvaluation.run({ data: dir, train: null, onProgress: () => undefined });
  const tests = report["tests"] as Record<string, { bearings: { first_alarm_h_before_end: number | null }[] }>;
  return (tests["2"]?.bearings ?? []).map((bearing) => bearing.first_alarm_h_before_end);
}

function isEarlyAndAlone([first, ...others]: (number | null)[]): void {
  assert.ok(first !== null && first !== undefined && first >= 74 && first <= 80, `bearing 1: ${first}`);
  assert.ok(others.length === 3 && others.every((lead) => lead === null || lead < first), `others: ${others}`);
}

async function inFolder(fill: (dir: string) => void): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "millwright-ims-"));
  try {
    fill(dir);
    isEarlyAndAlone(await leads(dir));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test("test 2: bearing 1 alarms 74 to 80 h before the end, and no other before it", options, async () => {
  isEarlyAndAlone(await leads(data as string));
});

test("from the summaries alone", options, () =>
  inFolder((dir) => copyFileSync(join(data as string, "test2_summary.csv"), join(dir, "test2_summary.csv"))),
);

test("with a sensor of seven times the gain and 1 % of noise", options, () =>
  inFolder((dir) => {
    const [header, ...lines] = readFileSync(join(data as string, "test2_summary.csv"), "utf8")
      .trim()
      .split("\n");
    const noisy = (line: string, i: number) =>
      line
        .split(",")
        .map((cell, c) => (c < 2 ? cell : String(7 * Number(cell) * (1 + 0.014 * Math.sin(12.9898 * i + 78.233 * c)))))
        .join(",");
    writeFileSync(join(dir, "test2_summary.csv"), [header, ...lines.map(noisy)].join("\n"));
  }),
);
