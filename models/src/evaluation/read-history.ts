import { readFileSync } from "node:fs";
import { Fault, messageOf } from "@millwright/kit/fault";
import { parseSkabFile, type Recording } from "./parse-skab-file.ts";

/** A machine's history in SKAB's layout (labels where it has them). @throws Fault data_missing, recording_malformed as file:line:column */
export function readHistory(file: string): Recording {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new Fault("data_missing", "config", `${file} cannot be read: ${messageOf(error)}; give a semicolon-separated file`, error);
  }
  const recording = parseSkabFile(text, file);
  if (recording.rows.length === 0)
    throw new Fault("recording_malformed", "data", `${file}:1:1: there are no rows below the names of the columns`);
  const [first] = recording.rows;
  let lastMs = first?.atMs ?? 0;
  for (const [i, { atMs }] of recording.rows.entries()) {
    if (atMs < lastMs)
      throw new Fault("recording_malformed", "data", `${file}:${i + 2}:1: the time goes back; sort the rows by their time`);
    lastMs = atMs;
  }
  return recording;
}
