import { readDataFile } from "../evaluation/data-file.ts";
import { type JudgedStretch, parseVerdicts } from "../evaluation/parse-verdicts.ts";

/** The file of `--verdicts`; null where it is not given. @throws Fault data_missing, recording_malformed */
export function verdictsOption({ verdicts: file }: Readonly<Record<string, unknown>>): JudgedStretch[] | null {
  if (typeof file !== "string") return null;
  return parseVerdicts(readDataFile(file, "give what millwright-gateway verdicts --json --machine NAME wrote"), file);
}
