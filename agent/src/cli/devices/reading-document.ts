// A reading of one machine as a document for a program. Pure.
import { busAddress } from "../../config/bus-address.ts";
import { type ResolvedRead, unitOf } from "../../config/resolved-config.ts";
import type { TemplateLibrary } from "../../config/template-library.ts";
import { qualityOf } from "../../samples/quality.ts";
import type { MachineReading } from "./device-session.ts";
import { inHex, type RawPoint } from "./raw-points.ts";
import { basesOf } from "./reading-table.ts";

/** `library`: null leaves the registers out. A value that is bad is null in `value`; what was read stands in `shown`. */
export function readingDocument({ machine, row, ageMs, raw, devices }: MachineReading, library: TemplateLibrary | null): object {
  const bases = basesOf(machine, library);
  const finite = (n: number | undefined): number | null => (n !== undefined && Number.isFinite(n) ? n : null);
  return {
    machine: { site: machine.site, name: machine.name },
    class: machine.class,
    points: machine.points.map((point, i) => ({
      name: point.name,
      value: finite(row.values[i]),
      shown: finite(row.shown[i]),
      unit: point.unit,
      word: point.enum?.[String(row.shown[i])] ?? null,
      quality: qualityOf(row.reasons[i] ?? null),
      reason: row.reasons[i] ?? null,
      age_ms: ageMs[i] ?? null,
      ...(library === null ? {} : { registers: registersOf(raw[i] ?? null, bases[i] ?? 0) }),
    })),
    devices: devices.map(({ read, bus, failure, identity }) => ({
      bus: bus.name,
      address: busAddress(bus),
      unit: unitNumber(read),
      template: read.template,
      identity: Object.fromEntries(identity.map(({ name, value }) => [name, value])),
      ok: failure === null,
      ...(failure ?? { code: null, detail: null, next: null }),
    })),
  };
}

const unitNumber = (read: ResolvedRead): number | null => {
  const unit = unitOf(read);
  return typeof unit === "number" ? unit : null;
};

const registersOf = (raw: RawPoint | null, base: number): object | null =>
  raw === null ? null : { table: raw.table, register: raw.address + base, address: raw.address, hex: inHex(raw.registers) };

/** Points that are good, and all there are. */
export function goodPoints(readings: readonly MachineReading[]): { good: number; points: number } {
  const reasons = readings.flatMap(({ row }) => row.reasons);
  return { good: reasons.filter((reason) => reason === null).length, points: reasons.length };
}
