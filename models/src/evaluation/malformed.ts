// What a data file that cannot be read as it stands is answered with: where, and what to do.
import { Fault } from "@millwright/kit/fault";

/** @param line @param column both from 1 */
export const malformed = (name: string, line: number, column: number, what: string): Fault =>
  new Fault("recording_malformed", "data", `${name}:${line}:${column}: ${what}`);
