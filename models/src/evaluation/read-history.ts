import { malformed, readDataFile } from "./data-file.ts";
import { parseSkabFile, type Recording } from "./parse-skab-file.ts";

/** A machine's history in SKAB's layout (labels where it has them). @throws Fault data_missing, recording_malformed as file:line:column */
export function readHistory(file: string): Recording {
  const recording = parseSkabFile(readDataFile(file, "give a semicolon-separated file"), file);
  if (recording.rows.length === 0) throw malformed(file, 1, 1, "there are no rows below the names of the columns");
  checkTimes(recording.rows, 0, file);
  return recording;
}

/** @param row of the first of `rows` in the file @throws Fault recording_malformed */
export function checkTimes(rows: Recording["rows"], row: number, file: string): void {
  let lastMs = rows[0]?.atMs ?? 0;
  for (const [i, { atMs }] of rows.entries()) {
    if (atMs < lastMs) throw malformed(file, row + i + 2, 1, "the time goes back; sort the rows by their time");
    lastMs = atMs;
  }
}
