// What a template of a device that answers with JSON must keep beyond its schema: a path that can be asked, bits that exist, golden replies.
import type { JsonPoint, JsonTemplate } from "@millwright/contract/json-template";
import { parseJsonReply } from "../registers/json-reply.ts";
import { bytesOf, jsonDecoderOf } from "../registers/json-values.ts";
import { checkGoldenValues } from "./check-golden-values.ts";
import { checkPointLimits } from "./check-point-limits.ts";
import type { ConfigReport, Path } from "./config-report.ts";

export function checkJsonTemplate({ path, points, golden }: JsonTemplate, report: ConfigReport): void {
  const strange = path.replaceAll("{unit}", "").match(/\{[^}]*\}?|\}/)?.[0];
  if (strange !== undefined) report.error(["path"], `holds ${strange}; only {unit} stands for something. Write %7B and %7D for braces.`);
  for (const [name, point] of Object.entries(points)) {
    if (point.type === "waveform") continue;
    checkBytes(point, ["points", name, "bytes"], report);
    checkPointLimits(point, ["points", name], report);
  }
  if (report.issues.length > 0) return;
  for (const [i, { reply, values }] of golden.entries()) {
    const parsed = parseJsonReply(reply);
    if (typeof parsed === "string") report.error(["golden", i, "reply"], `${parsed}.`);
    else checkGoldenValues(values, Object.keys(points), (name) => valueIn(points[name], parsed.document), ["golden", i], report);
  }
}

function valueIn(point: JsonTemplate["points"][string] | undefined, document: unknown): number | null {
  const value = point?.type !== "number" ? Number.NaN : jsonDecoderOf(point)(document).value;
  return Number.isNaN(value) ? null : value;
}

function checkBytes({ bytes }: JsonPoint, path: Path, report: ConfigReport): void {
  if (bytes?.bits === undefined) return;
  const [lowest, highest] = bytes.bits;
  const width = /^u?int(8|16|32)$/.exec(bytes.type)?.[1];
  if (width === undefined)
    report.error([...path, "bits"], `are for integers of up to 32 bits, not ${bytes.type}. Give the smallest integer that holds them.`);
  else if (highest >= 8 * bytesOf(bytes.type))
    report.error([...path, "bits"], `end at bit ${highest}, and the highest bit of ${bytes.type} is ${Number(width) - 1}.`);
  else if (lowest > highest) report.error([...path, "bits"], `must be [lowest, highest], not [${bytes.bits.join(", ")}].`);
}
