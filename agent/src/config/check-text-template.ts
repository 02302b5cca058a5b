// What a template of a device that speaks lines of text must keep beyond its schema: fields that exist, a pattern that works, golden lines.
import type { TextTemplate } from "@millwright/contract/text-template";
import { LineFramer } from "../registers/line-framer.ts";
import { lineJudge, textDecoderOf } from "../registers/text-values.ts";
import { checkGoldenValues } from "./check-golden-values.ts";
import { checkPointLimits } from "./check-point-limits.ts";
import { type ConfigReport, didYouMean } from "./config-report.ts";
import { hasNestedRepetition } from "./nested-repetition.ts";

export function checkTextTemplate(template: TextTemplate, report: ConfigReport): void {
  for (const [name, point] of Object.entries(template.points)) checkPointLimits(point, ["points", name], report);
  if (checkFields(template, report)) checkGolden(template, report);
}

// @returns whether lines can be taken apart.
function checkFields({ delimiter, pattern, points }: TextTemplate, report: ConfigReport): boolean {
  if (delimiter !== undefined && pattern !== undefined) {
    report.error(["pattern"], "stands beside delimiter:, and a line is taken apart in one way. Keep one of them.", "key");
    return false;
  }
  if (pattern === undefined && delimiter === undefined) {
    report.error(["protocol"], "serial-text needs delimiter: (fields by number) or pattern: (a regular expression with named groups).");
    return false;
  }
  if (pattern === undefined)
    return checkEach(points, report, (field) =>
      typeof field === "number" ? null : "must be a number: fields between delimiters are counted from 1.",
    );
  const groups = groupsOf(pattern, report);
  if (groups === null) return false;
  return checkEach(points, report, (field) => {
    if (typeof field === "string" && groups.includes(field)) return null;
    return `"${field}" is not a group of the pattern, written (?<${field}>…). ${didYouMean(String(field), groups)}`;
  });
}

function checkEach(points: TextTemplate["points"], report: ConfigReport, wrong: (field: number | string) => string | null): boolean {
  let isGood = true;
  for (const [name, { field }] of Object.entries(points)) {
    const message = wrong(field);
    if (message === null) continue;
    isGood = false;
    report.error(["points", name, "field"], message);
  }
  return isGood;
}

// The names of its groups; null where it cannot be used. An alternative that matches nothing shows all groups.
function groupsOf(pattern: string, report: ConfigReport): string[] | null {
  try {
    const groups = Object.keys(new RegExp(`${pattern}|`, "u").exec("")?.groups ?? {});
    if (!hasNestedRepetition(pattern)) return groups;
    report.error(["pattern"], "repeats a group that repeats something itself, as in (a+)+: some lines would take for ever. Write it flat.");
  } catch (error) {
    report.error(["pattern"], `is not a regular expression: ${(error as Error).message.replace(/^.*\/u?: /s, "")}.`);
  }
  return null;
}

function checkGolden(template: TextTemplate, report: ConfigReport): void {
  const { line_end, max_bytes, points, golden } = template;
  const names = Object.keys(points);
  const [judge, decode] = [lineJudge(template), textDecoderOf(template, names)];
  for (const [i, { reply, values }] of golden.entries()) {
    const framer = new LineFramer({ lineEnd: line_end, maxBytes: max_bytes }, "fresh");
    const judged = framer.push(Buffer.from(reply + line_end, "latin1")).map(judge);
    const line = judged.find(({ kind }) => kind === "line");
    if (line?.kind !== "line") {
      report.error(["golden", i, "reply"], `holds no line for this template: ${whyNot[judged[0]?.kind ?? "malformed"]}.`);
      continue;
    }
    const decoded = decode(line.text).map(({ value }) => (Number.isNaN(value) ? null : value));
    checkGoldenValues(values, names, (name) => decoded[names.indexOf(name)] ?? null, ["golden", i], report);
  }
}

const whyNot = {
  line: "",
  other: "it begins otherwise, or the pattern does not match",
  bad_checksum: "its checksum is wrong",
  malformed: "it is too long, empty, or has no checksum",
};
