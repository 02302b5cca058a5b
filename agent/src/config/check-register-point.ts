// What one point of a register map must keep beyond its schema.
import { type RegisterPoint, type RegisterTemplate, type RegisterType, registerLength } from "@millwright/contract/register-template";
import { checkPointLimits } from "./check-point-limits.ts";
import { checkPlace } from "./check-register-place.ts";
import { type ConfigReport, didYouMean, type Path } from "./config-report.ts";

export function checkRegisterPoint(template: RegisterTemplate, name: string, report: ConfigReport): void {
  const point = template.points[name] as RegisterPoint;
  const path = ["points", name];
  checkText(point, path, report);
  const length = registerLength(point);
  checkPlace({ base: template.base, register: point.register, length }, described(point), [...path, "register"], report);
  checkBits(point, path, report);
  checkScaleFactor(template, name, point, report);
  checkPointLimits(point, path, report);
  for (const [i, sentinel] of point.sentinels.entries()) {
    const why = impossible(point.type, sentinel);
    if (why !== null) report.error([...path, "sentinels", i], `${sentinel} ${why}. Give the raw value as it stands in the register.`);
  }
}

/** `uint16`, `float32 (2 registers)`. */
export const described = (point: RegisterPoint): string =>
  registerLength(point) === 1 ? point.type : `${point.type} (${registerLength(point)} registers)`;

function checkText({ type, length, role }: RegisterPoint, path: Path, report: ConfigReport): void {
  if (type !== "string") {
    if (length !== undefined) report.error([...path, "length"], `is for a string, and this is ${aOr(type)}. Remove it.`, "key");
    return;
  }
  if (length === undefined) report.error([...path, "type"], "string needs length:, the registers it takes. Add it.");
  if (role !== "identity") report.error([...path, "type"], "string is no number for a row: only the tools read it. Add role: identity.");
}

const bitsOfType: Partial<Record<RegisterType, number>> = { uint16: 16, uint32: 32, uint64: 64 };

function checkBits({ type, bit, bits }: RegisterPoint, path: Path, report: ConfigReport): void {
  if (bit === undefined && bits === undefined) return;
  if (bit !== undefined && bits !== undefined) {
    report.error([...path, "bit"], "stands beside bits:, and a point is one of both. Keep one of them.", "key");
    return;
  }
  const key = bit === undefined ? "bits" : "bit";
  const [lowest, highest] = bits ?? [bit as number, bit as number];
  const width = bitsOfType[type];
  if (width === undefined) report.error([...path, key], `is for unsigned integers, not ${aOr(type)}. Make it uint16, uint32 or uint64.`);
  else if (lowest > highest) report.error([...path, key], `must be [lowest, highest], not [${lowest}, ${highest}].`);
  else if (highest >= width)
    report.error([...path, key], `${highest} is not in ${aOr(type)}, whose highest bit is ${width - 1}; the lowest is 0.`);
}

const integerTypes: readonly RegisterType[] = ["uint16", "int16", "uint32", "int32"];

function checkScaleFactor({ points }: RegisterTemplate, name: string, point: RegisterPoint, report: ConfigReport): void {
  const { scale_factor: factorName, role } = point;
  if (factorName === undefined) return;
  const path = ["points", name, "scale_factor"];
  const known = Object.keys(points).filter((other) => other !== name);
  const factor = known.includes(factorName) ? points[factorName] : undefined;
  if (factor === undefined) report.error(path, `"${factorName}" is not another point of this template. ${didYouMean(factorName, known)}`);
  else if (!integerTypes.includes(factor.type))
    report.error(path, `"${factorName}" is ${aOr(factor.type)}; a power of ten is an integer of 16 or 32 bits.`);
  else if (factor.scale !== 1 || factor.offset !== 0 || factor.scale_factor !== undefined)
    report.error(path, `"${factorName}" has a scale, an offset or a scale factor itself; a power of ten is taken as it stands.`);
  else if (role === "update_counter") report.error(path, "is not for an update counter, which is counted as it stands. Remove it.");
}

const wholeRange: Partial<Record<RegisterType, readonly [number, number]>> = {
  uint16: [0, 0xffff],
  int16: [-0x8000, 0xffff],
  uint32: [0, 0xffff_ffff],
  int32: [-0x8000_0000, 0xffff_ffff],
  uint64: [0, 2 ** 64],
  int64: [-(2 ** 63), 2 ** 64],
  bcd16: [0, 9_999],
  bcd32: [0, 99_999_999],
};

function impossible(type: RegisterType, raw: number): string | null {
  const range = wholeRange[type];
  if (range === undefined || (Number.isInteger(raw) && raw >= range[0] && raw <= range[1])) return null;
  return `can never stand in ${aOr(type)}`;
}

const aOr = (type: RegisterType): string => `${type.startsWith("int") ? "an" : "a"} ${type}`;
