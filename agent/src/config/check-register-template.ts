// What a register map must keep beyond its schema: points that exist and can be read, registers left alone, groups of one moment, golden frames.
import { type RegisterTemplate, registerLength } from "@millwright/contract/register-template";
import { checkAtomicGroups } from "./check-atomic-groups.ts";
import { checkGoldenFrames } from "./check-golden-frames.ts";
import { checkPlace } from "./check-register-place.ts";
import { checkRegisterPoint, described } from "./check-register-point.ts";
import type { ConfigReport } from "./config-report.ts";

export function checkRegisterTemplate(template: RegisterTemplate, report: ConfigReport): void {
  const before = report.issues.length;
  checkBlock(template, report);
  for (const name of Object.keys(template.points)) checkRegisterPoint(template, name, report);
  checkForbidden(template, report);
  checkAtomicGroups(template, report);
  checkIdentify(template, report);
  // A frame is decoded with the points: where they are wrong, it would only say so again.
  if (report.issues.length === before) checkGoldenFrames(template, report);
}

function checkBlock({ max_block, points }: RegisterTemplate, report: ConfigReport): void {
  const tooLong = Object.entries(points).find(([, point]) => registerLength(point) > max_block);
  if (tooLong === undefined) return;
  report.error(["max_block"], `${max_block} is too small for points.${tooLong[0]}: ${described(tooLong[1])} is read at once. Raise it.`);
}

function checkForbidden({ base, forbidden, points }: RegisterTemplate, report: ConfigReport): void {
  for (const [i, { table, from, to }] of forbidden.entries()) {
    const path = ["forbidden", i];
    if (from > to) report.error([...path, "from"], `${from} is behind to: ${to}. Swap them.`);
    checkPlace({ base, register: from, length: 1 }, "a register", [...path, "from"], report);
    const inside = Object.entries(points).find(
      ([, point]) => point.table === table && point.register <= to && point.register + registerLength(point) > from,
    );
    if (inside !== undefined)
      report.error(path, `holds points.${inside[0]}, which could never be read. Remove the point, or make the range smaller.`);
  }
}

function checkIdentify({ base, identify }: RegisterTemplate, report: ConfigReport): void {
  for (const [i, { register, type, length, equals }] of identify.entries()) {
    const path = ["identify", i];
    const isText = type === "string";
    if (isText && length === undefined) report.error([...path, "type"], "string needs length:, the registers it takes. Add it.");
    if (isText !== (typeof equals === "string"))
      report.error([...path, "equals"], isText ? "must be a text, for a string is read." : `must be a number, for a ${type} is read.`);
    checkPlace({ base, register, length: registerLength({ type, length }) }, type, [...path, "register"], report);
  }
}
