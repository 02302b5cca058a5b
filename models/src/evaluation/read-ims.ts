// The NASA/IMS bearing tests as files: test<N>_features.csv (a line per snapshot and bearing) or, without it, test<N>_summary.csv (a line per snapshot).
import { join } from "node:path";
import { Fault } from "@millwright/kit/fault";
import { malformed, namesIn, readDataFile } from "./data-file.ts";
import { columnOf, type FeatureTable, numbersOf, parseFeatureTable } from "./parse-feature-table.ts";

export type ImsTest = {
  readonly test: string;
  readonly source: "features" | "summary";
  readonly bearings: readonly { readonly bearing: number; readonly timesMs: readonly number[]; readonly channels: readonly number[][] }[];
};

/** @throws Fault data_missing, recording_malformed */
export function readIms(dir: string): ImsTest[] {
  const names = namesIn(dir, "give the directory that holds test2_features.csv");
  const tests = [...new Set(names.flatMap((name) => /^test(\d+)_(features|summary)\.csv$/.exec(name)?.[1] ?? []))].sort();
  if (tests.length === 0)
    throw new Fault("data_missing", "config", `${dir} holds no test<N>_features.csv or test<N>_summary.csv; give the directory that does`);
  return tests.map((test) => {
    const source = names.includes(`test${test}_features.csv`) ? "features" : "summary";
    const path = join(dir, `test${test}_${source}.csv`);
    const table = parseFeatureTable(readDataFile(path), path);
    return { test, source, bearings: source === "features" ? fromFeatures(table) : fromSummary(table) };
  });
}

function fromFeatures(table: FeatureTable): ImsTest["bearings"] {
  const bearing = numbersOf(table, "bearing");
  const times = timesOf(table, "file");
  const channels = ["rms", "hfrms"].map((column) => numbersOf(table, column));
  return [...new Set(bearing)]
    .sort((a, b) => a - b)
    .map((id) => {
      const mine = <T>(values: readonly T[]): T[] => values.filter((_, row) => bearing[row] === id);
      return { bearing: id, timesMs: mine(times), channels: channels.map(mine) };
    });
}

function fromSummary(table: FeatureTable): ImsTest["bearings"] {
  const timesMs = timesOf(table, "Datetime");
  return table.columns.flatMap((column) => {
    const id = /^Bearing (\d+)$/.exec(column)?.[1];
    return id === undefined ? [] : [{ bearing: Number(id), timesMs, channels: [numbersOf(table, column)] }];
  });
}

/** `2004.02.12.10.32.39`, as ms. */
function timesOf(table: FeatureTable, column: string): number[] {
  const at = columnOf(table, column);
  return table.rows.map((row, i) => {
    const cell = row[at] as string;
    const [, year, month, day, ...clock] = /^(\d{4})\.(\d\d)\.(\d\d)\.(\d\d)\.(\d\d)\.(\d\d)$/.exec(cell) ?? [];
    if (year !== undefined) return Date.parse(`${year}-${month}-${day}T${clock.join(":")}Z`);
    throw malformed(table.name, i + 2, at + 1, `"${cell}" is not a time like 2004.02.12.10.32.39`);
  });
}
