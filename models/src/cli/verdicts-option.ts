import type { Values } from "@millwright/kit/command-line";
import { fileOption } from "@millwright/kit/file-trouble";
import { readDataFile } from "../evaluation/data-file.ts";
import { type JudgedStretch, parseVerdicts } from "../evaluation/parse-verdicts.ts";

/** The file of `--verdicts`; null where it is not given. @throws UsageError, Fault recording_malformed */
export function verdictsOption(values: Values): JudgedStretch[] | null {
  if (values["verdicts"] === undefined) return null;
  const file = fileOption(values, "verdicts");
  return parseVerdicts(readDataFile(file), file);
}
