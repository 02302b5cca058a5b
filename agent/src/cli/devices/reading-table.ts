// A reading of one machine as lines for a person: what it is, a line for each point, and for each device that failed why and what to do. Pure.
import { wrap } from "@millwright/kit/command-line";
import { busAddress } from "../../config/bus-address.ts";
import { type ResolvedMachine, type ResolvedRead, unitOf } from "../../config/resolved-config.ts";
import type { TemplateLibrary } from "../../config/template-library.ts";
import type { RowValues } from "../../samples/machine-row.ts";
import { columns, widthOf } from "../terminal/columns.ts";
import { durationWords } from "../terminal/duration-words.ts";
import type { Paint } from "../terminal/paint.ts";
import type { DeviceState, MachineReading } from "./device-session.ts";
import { numberText, qualityText, unitCell } from "./point-text.ts";
import { inHex, type RawPoint } from "./raw-points.ts";

export type TableStyle = {
  readonly paint: Paint;
  readonly width: number;
  /** Registers instead of ages. */
  readonly raw: { readonly library: TemplateLibrary } | null;
  /** Least and largest value of a point since the start, by its place; for watch. */
  readonly spans?: readonly (Span | null)[];
  /** What is too wide is cut by who draws it. Then ages and ranges are left out, and names shortened, before a quality is. */
  readonly mustFit?: boolean;
};
export type Span = { readonly min: number; readonly max: number };

export function readingLines(reading: MachineReading, style: TableStyle): string[] {
  const { machine } = reading;
  const { paint } = style;
  const head = `${paint.bold(machine.name)}  ${paint.dim(machine.reads.map((read) => whereText(read, reading.devices)).join(" · "))}`;
  const troubles = reading.devices.flatMap((device) => failureLines(device, style));
  const identities = reading.devices.flatMap(({ identity }) => identity);
  const who = identities.map(({ name, value }) => paint.dim(`  ${name} is ${value}`));
  return [head, ...who, ...tableLines(reading, style), ...troubles];
}

function tableLines(reading: MachineReading, style: TableStyle): string[] {
  const lines = columns(pointRows(reading, style), alignment(style));
  if (style.mustFit !== true || lines.every((line) => widthOf(line) <= style.width)) return lines;
  const { spans: _, ...narrow } = style;
  const rows = pointRows(reading, narrow).map((row) => row.slice(0, narrowAlign.length));
  const others = [1, 2, 3].reduce((sum, i) => sum + columnGap + Math.max(0, ...rows.map((row) => widthOf(row[i] ?? ""))), 0);
  const shortRows = rows.map(([name = "", ...rest]) => [shortName(name, Math.max(leastName, style.width - others)), ...rest]);
  return columns(shortRows, narrowAlign, columnGap);
}

// What tells names apart stands at their end as often as at their begin: temperature_de, temperature_nde.
function shortName(name: string, width: number): string {
  if (name.length <= width) return name;
  const end = Math.floor((width - 1) / 2);
  return `${name.slice(0, width - 1 - end)}…${name.slice(-end)}`;
}

/** Name, value, unit, quality. */
const narrowAlign = "lrll";
const columnGap = 2;
const leastName = 8;

const alignment = ({ raw, spans }: TableStyle): string => `lrl${spans === undefined ? "" : "rr"}l${raw === null ? "r" : "ll"}`;

function pointRows({ machine, row, ageMs, raw, devices }: MachineReading, style: TableStyle): string[][] {
  const { paint, spans } = style;
  const bases = basesOf(machine, style.raw?.library ?? null);
  const silent = new Map(
    devices.map((device) => [device.read.pointIndexes[0], device] as const).filter(([, device]) => isSilent(device, row)),
  );
  const hidden = new Set([...silent.values()].flatMap(({ read }) => read.pointIndexes));
  const rows = machine.points.flatMap((point, i) => {
    const device = silent.get(i);
    if (device !== undefined) return [silentRow(device, row, style)];
    if (hidden.has(i)) return [];
    const value = row.shown[i] ?? Number.NaN;
    const span = spans?.[i] ?? null;
    const age = ageMs[i] ?? null;
    const cells = [
      `  ${point.name}`,
      numberText(value),
      unitCell(point, value),
      ...(spans === undefined ? [] : [numberText(span?.min ?? Number.NaN), numberText(span?.max ?? Number.NaN)]),
      qualityText(row.reasons[i] ?? null, paint),
      ...(style.raw === null ? [age === null ? "" : paint.dim(durationWords(age))] : rawCells(raw[i] ?? null, bases[i] ?? 0)),
    ];
    return [cells];
  });
  return spans === undefined ? rows : [["", "now", "", "min", "max", "", ""].map(paint.dim), ...rows];
}

// A device of which nothing came, for one and the same reason, takes one line instead of many.
function isSilent({ read, failure }: DeviceState, { shown, reasons }: RowValues): boolean {
  const [first = -1] = read.pointIndexes;
  const isSame = (point: number): boolean => !Number.isFinite(shown[point]) && reasons[point] === reasons[first];
  return failure !== null && read.pointIndexes.length > 1 && read.pointIndexes.every(isSame);
}

function silentRow({ read }: DeviceState, { reasons }: RowValues, { paint, spans }: TableStyle): string[] {
  const reason = reasons[read.pointIndexes[0] ?? -1] ?? null;
  const gap = spans === undefined ? [] : ["", ""];
  return [`  all ${read.pointIndexes.length} points`, "–", "", ...gap, qualityText(reason, paint)];
}

const rawCells = (raw: RawPoint | null, base: number): string[] =>
  raw === null ? ["", ""] : [`${raw.table} ${raw.address + base}`, inHex(raw.registers)];

/** By point: the number of the first register in the manual that its template follows. */
export function basesOf({ points, reads }: ResolvedMachine, library: TemplateLibrary | null): number[] {
  const bases = points.map(() => 0);
  for (const { template, pointIndexes } of reads) {
    const found = library?.find(template);
    if (found?.kind !== "good" || found.template.protocol !== "modbus") continue;
    for (const point of pointIndexes) bases[point] = found.template.base;
  }
  return bases;
}

function whereText(read: ResolvedRead, devices: readonly DeviceState[]): string {
  const bus = devices.find((device) => device.read === read)?.bus;
  const unit = unitOf(read);
  return [bus === undefined ? read.bus : busAddress(bus), typeof unit === "number" ? `unit ${unit}` : "", read.template]
    .filter(Boolean)
    .join(", ");
}

function failureLines({ read, failure }: DeviceState, { paint, width }: TableStyle): string[] {
  if (failure === null) return [];
  const what = wrap(`${read.bus}: ${failure.detail} [${failure.code}]`, width - 4);
  const next = wrap(failure.next, width - 4);
  return [...what.map((line, i) => `  ${i === 0 ? paint.bad("!") : " "} ${line}`), ...next.map((line) => paint.dim(`    ${line}`))];
}
