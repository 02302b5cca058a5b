// Files of a public set or a history: their text, the names in a folder, and what is answered where they are not as they should be.
import { readdirSync, readFileSync } from "node:fs";
import { Fault } from "@millwright/kit/fault";
import { fileTrouble } from "@millwright/kit/file-trouble";

/** @param advice what to do where it is not there, `give …` @throws Fault data_missing */
export const readDataFile = (path: string, advice?: string): string => readable(path, advice, () => readFileSync(path, "utf8"));

/** Names in a folder, sorted. @param advice what to do where it is not there, `give …` @throws Fault data_missing */
export const namesIn = (dir: string, advice: string): string[] => readable(dir, advice, () => readdirSync(dir).sort());

/** A file that is there and cannot be understood. @param line @param column both from 1 */
export const malformed = (name: string, line: number, column: number, what: string): Fault =>
  new Fault("recording_malformed", "data", `${name}:${line}:${column}: ${what}`);

function readable<T>(path: string, advice: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const end = advice === undefined ? "" : `; ${advice}`;
    throw new Fault("data_missing", "config", `${path} ${fileTrouble(error)}${end}`, error);
  }
}
