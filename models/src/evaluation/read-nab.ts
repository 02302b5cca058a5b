// The series of the benchmark that are in a directory of its layout: data/<folder>/<name>.csv, named in labels/combined_windows.json.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault, messageOf } from "@millwright/kit/fault";
import { malformed, readDataFile } from "./data-file.ts";
import { type NabRow, parseNabFile } from "./parse-nab-file.ts";
import { parseTimeMs } from "./parse-time.ts";

export type NabSeries = {
  /** As the labels name it: `realTweets/Twitter_volume_AAPL.csv`. */
  readonly file: string;
  readonly rows: readonly NabRow[];
  /** First and last row of each window. */
  readonly windows: readonly (readonly [number, number])[];
};

/** By series: when each window begins and ends. */
type Windows = Readonly<Record<string, readonly (readonly [string, string])[]>>;

const advice = "give a directory in NAB's layout with --data";

/** @returns what is there, by name, and the names of what the labels know and the directory has not @throws Fault data_missing, recording_malformed */
export function readNab(dir: string): { series: NabSeries[]; missing: string[] } {
  const labels = join(dir, "labels", "combined_windows.json");
  const windows = parseWindows(readDataFile(labels, advice), labels);
  const files = Object.keys(windows).sort();
  const missing = files.filter((file) => !existsSync(join(dir, "data", file)));
  if (missing.length === files.length)
    throw new Fault("data_missing", "config", `${join(dir, "data")} holds none of the ${files.length} series that ${labels} names`);
  const present = files.filter((file) => !missing.includes(file));
  return { series: present.map((file) => readSeries(dir, file, windows[file] ?? [], labels)), missing };
}

function readSeries(dir: string, file: string, windows: Windows[string], labels: string): NabSeries {
  const path = join(dir, "data", file);
  const rows = parseNabFile(readDataFile(path, advice), path);
  const rowAt = (time: string): number => {
    const timeMs = parseTimeMs(time);
    const row = rows.findIndex(({ atMs }) => atMs === timeMs);
    if (row < 0) throw malformed(labels, 1, 1, `a window of ${file} begins or ends at ${time}, which is no row of ${path}`);
    return row;
  };
  return { file, rows, windows: windows.map(([from, to]) => [rowAt(from), rowAt(to)] as const).sort(([a], [b]) => a - b) };
}

function parseWindows(text: string, path: string): Windows {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw malformed(path, 1, 1, messageOf(error));
  }
  if (!areWindows(parsed)) throw malformed(path, 1, 1, 'not the windows of the benchmark, {"folder/name.csv": [["from", "to"], …], …}');
  return parsed;
}

function areWindows(parsed: unknown): parsed is Windows {
  const isWindow = (window: unknown): boolean =>
    Array.isArray(window) && window.length === 2 && window.every((time) => typeof time === "string");
  return (
    typeof parsed === "object" &&
    parsed !== null &&
    Object.values(parsed).every((windows: unknown) => Array.isArray(windows) && windows.every(isWindow))
  );
}
