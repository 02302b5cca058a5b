// Golden frames of a register map: a reply as it stands on a serial line, and whether the template makes of it what it says.
import { type GoldenFrame, type RegisterTemplate, registerLength } from "@millwright/contract/register-template";
import type { QualityReason } from "@millwright/contract/telemetry";
import { counted } from "@millwright/kit/counted";

import { decoderOf } from "../registers/decode.ts";
import { decodeText } from "../registers/decode-text.ts";
import { crc16 } from "../registers/rtu-frame.ts";
import { scalerOf, unscaled } from "../registers/scale-factor.ts";
import { checkGoldenValues, type GoldenValue } from "./check-golden-values.ts";
import type { ConfigReport, Path } from "./config-report.ts";
import { readPoints } from "./read-points.ts";

const functionOf = { holding: 3, input: 4 } as const;

/** The points of the template have passed their check. */
export function checkGoldenFrames(template: RegisterTemplate, report: ConfigReport): void {
  for (const [i, frame] of template.golden.entries()) {
    const path = ["golden", i];
    const bytes = Buffer.from(frame.reply.replaceAll(" ", ""), "hex");
    const wrong = wrongFrame(bytes, frame);
    if (wrong !== null) {
      report.error([...path, "reply"], wrong);
      continue;
    }
    const registers = Uint16Array.from({ length: frame.count }, (_, k) => bytes.readUInt16BE(3 + 2 * k));
    const decoded = (name: string): GoldenValue | undefined => valueIn(template, { name, frame, registers, path, report });
    checkGoldenValues(frame.values, Object.keys(template.points), decoded, path, report);
  }
}

// MODBUS over Serial Line V1.02 §2.5.1, MODBUS Application Protocol V1.1b3 §6.3, §6.4: unit, function, byte count, registers, CRC.
function wrongFrame(bytes: Buffer, { table, count }: GoldenFrame): string | null {
  const length = 5 + 2 * count;
  if (bytes.length < 5)
    return `has ${counted(bytes.length, "byte")}; a reply has at least unit, function, byte count and two bytes of CRC.`;
  const [, code = 0, byteCount = 0] = bytes;
  if (code !== functionOf[table]) return `has function ${code}; a read of ${table} registers is answered with ${functionOf[table]}.`;
  if (byteCount !== 2 * count)
    return `has byte count ${byteCount}; ${count === 1 ? "1 register is" : `${count} registers are`} ${2 * count} bytes.`;
  if (bytes.length !== length) return `has ${counted(bytes.length, "byte")}; with ${counted(count, "register")} it has ${length}.`;
  const [crc, given] = [crc16(bytes, 0, length - 2), bytes.readUInt16LE(length - 2)];
  return crc === given
    ? null
    : `has the CRC ${hexPair(given)}; that of its bytes is ${hexPair(crc)}. Look for a slip of the pen, in either.`;
}

// As they stand at the end of the frame: low byte first.
const hexPair = (crc: number): string => {
  const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, "0");
  return `${hex(crc & 0xff)} ${hex(crc >> 8)}`;
};

type InFrame = {
  readonly name: string;
  readonly frame: GoldenFrame;
  readonly registers: Uint16Array;
  readonly path: Path;
  readonly report: ConfigReport;
};

function valueIn(template: RegisterTemplate, { name, frame, registers, path, report }: InFrame): GoldenValue | undefined {
  const outside = [name, template.points[name]?.scale_factor].find((one) => one !== undefined && !isInside(template, one, frame));
  if (outside !== undefined) {
    const last = frame.register + frame.count - 1;
    const its = outside === name ? "it" : `its scale factor ${outside}`;
    report.error([...path, "values", name], `cannot be told: ${its} does not lie in registers ${frame.register} to ${last}.`, "key");
    return undefined;
  }
  const point = template.points[name];
  if (point?.type === "string")
    return decodeText(registers, point.register - frame.register, registerLength(point), point.order ?? template.order);
  const points = readPoints(template, [name]);
  const shown = new Float64Array(points.length).fill(Number.NaN);
  const reasons = new Array<QualityReason | null>(points.length).fill(null);
  for (const [k, read] of points.entries()) {
    const decode = decoderOf(read.scaleFactor === undefined ? read : unscaled(read));
    decode(registers, read.address + template.base - frame.register, shown, reasons, k);
  }
  for (const [k, read] of points.entries()) if (read.scaleFactor !== undefined) scalerOf(read, k, read.scaleFactor)(shown, reasons);
  const value = shown[0] as number;
  return Number.isNaN(value) ? null : value;
}

function isInside({ points }: RegisterTemplate, name: string, { table, register, count }: GoldenFrame): boolean {
  const point = points[name];
  return point?.table === table && point.register >= register && point.register + registerLength(point) <= register + count;
}
