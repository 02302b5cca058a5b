// What a template must keep beyond its schema: registers that exist, values that fit in a block, limits and ranges in order.
import type { DeviceTemplate } from "@millwright/contract/device-template";
import { type RegisterPoint, type RegisterTemplate, type RegisterType, registerLength } from "@millwright/contract/register-template";
import { checkLimits } from "./check-limits.ts";
import type { ConfigReport } from "./config-report.ts";

const lastAddress = 65_535;

/** `name` is the file's path below its folder, without `.yaml`. */
export function checkTemplate(template: DeviceTemplate, name: string, report: ConfigReport): void {
  if (template.template !== name) report.error(["template"], `"${template.template}" must be "${name}", as the file lies in its folder.`);
  const counters = Object.entries(template.points).filter(([, point]) => point.role === "update_counter");
  for (const [counter] of counters.slice(1))
    report.error(["points", counter, "role"], `is a second update_counter; "${counters[0]?.[0]}" is one already. Make it context.`);
  if (template.protocol !== "modbus") return;
  checkBlock(template, report);
  for (const [pointName, point] of Object.entries(template.points)) checkPoint(template, pointName, point, report);
}

function checkBlock({ max_block, points }: RegisterTemplate, report: ConfigReport): void {
  const tooLong = Object.entries(points).find(([, point]) => registerLength(point) > max_block);
  if (tooLong === undefined) return;
  report.error(["max_block"], `${max_block} is too small for points.${tooLong[0]}: ${described(tooLong[1])} is read at once. Raise it.`);
}

function checkPoint({ base }: RegisterTemplate, name: string, point: RegisterPoint, report: ConfigReport): void {
  const path = ["points", name];
  const length = registerLength(point);
  const last = point.register - base + length - 1;
  if (point.register < base)
    report.error(
      [...path, "register"],
      `${point.register} is before the first register, which is 1 here (base: 1). Use the manual's number, or base: 0.`,
    );
  else if (last > lastAddress)
    report.error(
      [...path, "register"],
      `${point.register} is out of range: ${described(point)} would end at register ${last + base}, the last one is ${lastAddress + base}.`,
    );
  if (point.range !== undefined && point.range[0] >= point.range[1])
    report.error([...path, "range"], `must be [lowest, highest], not [${point.range.join(", ")}].`);
  for (const [i, sentinel] of point.sentinels.entries()) {
    const why = impossible(point.type, sentinel);
    if (why !== null) report.error([...path, "sentinels", i], `${sentinel} ${why}. Give the raw value as it stands in the register.`);
  }
  const wrong = point.limits === undefined ? null : checkLimits(point.limits);
  if (wrong !== null) report.error([...path, "limits", wrong.side], wrong.message);
}

const described = (point: RegisterPoint): string =>
  registerLength(point) === 1 ? point.type : `${point.type} (${registerLength(point)} registers)`;

const wholeRange: Partial<Record<RegisterType, readonly [number, number]>> = {
  uint16: [0, 0xffff],
  int16: [-0x8000, 0xffff],
  uint32: [0, 0xffff_ffff],
  int32: [-0x8000_0000, 0xffff_ffff],
};

function impossible(type: RegisterType, raw: number): string | null {
  const range = wholeRange[type];
  if (range === undefined || (Number.isInteger(raw) && raw >= range[0] && raw <= range[1])) return null;
  return `can never stand in ${/^[iou]/.test(type) && type !== "uint16" && type !== "uint32" ? "an" : "a"} ${type}`;
}
