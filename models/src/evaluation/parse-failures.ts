// The failures of a machine: semicolon-separated, `datetime` first, whatever stands behind it is a note.
import { malformed } from "./data-file.ts";
import { parseTimeMs, timeExample } from "./parse-time.ts";

export type Failure = { readonly atMs: number; readonly note: string };

/** @param name the file, for messages @returns in time order @throws Fault recording_malformed as file:line:column */
export function parseFailures(text: string, name: string): Failure[] {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  if ((lines[0] ?? "").split(";")[0] !== "datetime") throw malformed(name, 1, 1, "the first line must name the columns: datetime;note");
  const failures = lines.slice(1).map((line, i) => {
    const [time = "", ...rest] = line.split(";");
    const atMs = parseTimeMs(time);
    if (Number.isNaN(atMs)) throw malformed(name, i + 2, 1, `"${time}" is not a time like ${timeExample}`);
    return { atMs, note: rest.join(";") };
  });
  return failures.sort((a, b) => a.atMs - b.atMs);
}
