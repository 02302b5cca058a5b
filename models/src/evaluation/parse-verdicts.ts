// Verdicts of technicians on one machine's tickets, as `millwright-gateway verdicts --json --machine NAME` writes them: a JSON document a line.
import { VerdictLine } from "@millwright/contract/verdict-line";
import * as v from "valibot";
import { malformed } from "./data-file.ts";

/** What a technician found in a stretch of time; ends included. */
export type JudgedStretch = {
  readonly ticket: string;
  readonly isFault: boolean;
  /** First sign of it. */
  readonly fromMs: number;
  /** Of a fault: until the verdict, for it was there until then. Of nothing: its last sign. */
  readonly untilMs: number;
};

/** @param name the file, for messages @throws Fault recording_malformed as file:line:column */
export function parseVerdicts(text: string, name: string): JudgedStretch[] {
  let first: VerdictLine["machine"] | null = null;
  return text.split(/\r?\n/).flatMap((line, i) => {
    if (line === "") return [];
    const read = v.safeParse(VerdictLine, jsonIn(line, name, i + 1));
    if (!read.success)
      throw malformed(
        name,
        i + 1,
        1,
        `${v.getDotPath(read.issues[0]) ?? "it"}: ${read.issues[0].message}. Export it again with millwright-gateway verdicts --json`,
      );
    const { machine, ticket, verdict, from, to, closed } = read.output;
    first ??= machine;
    if (machine.site !== first.site || machine.name !== first.name)
      throw malformed(
        name,
        i + 1,
        1,
        `${ticket} is of ${machine.name} at ${machine.site}, the first line of ${first.name} at ${first.site}. Export one machine: --machine ${first.name} --site ${first.site}`,
      );
    const isFault = verdict !== "nothing";
    return [{ ticket, isFault, fromMs: Date.parse(from), untilMs: Date.parse(isFault ? closed : to) }];
  });
}

export const isIn = ({ fromMs, untilMs }: JudgedStretch, atMs: number): boolean => atMs >= fromMs && atMs <= untilMs;

function jsonIn(line: string, name: string, lineNo: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw malformed(name, lineNo, 1, "this is not JSON. Export it again with millwright-gateway verdicts --json");
  }
}
