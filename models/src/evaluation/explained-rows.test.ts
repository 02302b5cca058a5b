import assert from "node:assert/strict";
import { test } from "node:test";
import type { Level } from "../decisions/decision-step.ts";
import { explainedRows } from "./explained-rows.ts";

const rows = (count: number, level: Level, from = 0, score: number | null = 0.5) =>
  Array.from({ length: count }, (_, i) => ({ row: from + i, level, score }));
const ends = (of: readonly { row: number }[]) => [of[0]?.row, of.at(-1)?.row, of.length];

test("an alarm is explained by its own rows, at most the last 30, and compared with nothing", () => {
  const young = explainedRows([...rows(400, "normal"), ...rows(5, "watch", 400)]);
  assert.deepEqual([ends(young.rows), young.before.length], [[400, 404, 5], 0]);
  const old = explainedRows([...rows(400, "normal"), ...rows(40, "watch", 400), ...rows(40, "warning", 440)]);
  assert.deepEqual([ends(old.rows), old.before.length], [[450, 479, 30], 0]);
});

test("where none stands the last 30 rows are explained, those without a score left out, and compared with the 300 before them", () => {
  const all = [...rows(500, "normal"), ...rows(4, "normal", 500, null), ...rows(6, "normal", 504)];
  const { rows: last, before } = explainedRows(all);
  assert.deepEqual(
    [ends(last), ends(before)],
    [
      [480, 509, 26],
      [180, 479, 300],
    ],
  );
  const { rows: first, before: nothing } = explainedRows(rows(20, "normal"));
  assert.deepEqual([ends(first), nothing.length], [[0, 19, 20], 0]);
});
