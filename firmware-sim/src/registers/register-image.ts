// All registers of one device as a client sees them. In: values by point. Out: register contents, or null where an address is not mapped.
import { type RegisterPoint, type RegisterTable, type RegisterTemplate, registerLength } from "@millwright/contract/register-template";
import { type BitField, withField } from "./bit-field.ts";
import { type Encoding, encode, encodeRaw, rawOf } from "./encode.ts";
import { encodeText } from "./encode-text.ts";

/** What the wire needs to know of registers. */
export type RegisterImage = {
  /** @returns `count` registers from `address`, or null where one of them is not mapped (exception 2). */
  read(table: RegisterTable, address: number, count: number): Uint16Array | null;
  /** Puts new values into the registers of the points they are named after. Points of the template without a value keep theirs. */
  write(values: Readonly<Record<string, number | string>>): void;
};

type Place = { table: RegisterTable; address: number; length: number } & (
  | { kind: "number"; encoding: Encoding; field: BitField | null }
  | { kind: "text"; isSwapped: boolean }
);
type Area = { first: number; words: Uint16Array; mapped: Uint8Array };

/**
 * Lays a template out, with the registers that identify the device. Points may share a register where each is a part of the same number.
 * @throws Error where others share one, or one lies beyond address 65535.
 */
export function createRegisterImage(template: RegisterTemplate): RegisterImage {
  const places = new Map(Object.entries(template.points).map(([name, point]) => [name, placeOf(point, template)]));
  const identities = template.identify.map((one) => ({ place: placeOf({ ...one, scale: 1, offset: 0 }, template), value: one.equals }));
  const areas = { holding: areaOf("holding", places, identities), input: areaOf("input", places, identities) };
  const put = (place: Place, value: number | string): void => {
    const area = areas[place.table];
    const at = place.address - area.first;
    area.words.set(wordsFor(place, value, area.words.subarray(at, at + place.length)), at);
  };
  const identify = (): void => {
    for (const { place, value } of identities) put(place, value);
  };
  identify();
  return {
    read(table, address, count) {
      const { first, words, mapped } = areas[table];
      const start = address - first;
      if (start < 0 || start + count > words.length) return null;
      for (let i = start; i < start + count; i++) if (mapped[i] === 0) return null;
      return words.subarray(start, start + count);
    },
    write(values) {
      for (const [name, value] of Object.entries(values)) {
        const place = places.get(name);
        if (place !== undefined) put(place, value);
      }
      identify(); // A point that identifies the device always shows what it is known by.
    },
  };
}

type Placeable = Pick<RegisterPoint, "table" | "register" | "type" | "length" | "order" | "bit" | "bits" | "scale" | "offset">;

function placeOf(point: Placeable, { base, order }: Pick<RegisterTemplate, "base" | "order">): Place {
  const { table, register, type, bit, bits, scale, offset } = point;
  const where = { table, address: register - base, length: registerLength(point) };
  const pointOrder = point.order ?? order;
  if (type === "string") return { ...where, kind: "text", isSwapped: pointOrder === "BADC" || pointOrder === "DCBA" };
  const [low, high] = bits ?? [bit ?? 0, bit ?? 0];
  const field = bit === undefined && bits === undefined ? null : { low, high };
  return { ...where, kind: "number", encoding: { type, order: pointOrder, scale, offset }, field };
}

function wordsFor(place: Place, value: number | string, now: Uint16Array): number[] {
  if (place.kind === "text") return encodeText(String(value), place.length, place.isSwapped);
  const { encoding, field } = place;
  if (field === null) return encode(Number(value), encoding);
  return encodeRaw(withField([...now], encoding, field, rawOf(Number(value), { ...encoding, type: "uint64" })), encoding);
}

function areaOf(table: RegisterTable, places: ReadonlyMap<string, Place>, identities: readonly { place: Place }[]): Area {
  const points = [...places].filter(([, place]) => place.table === table);
  const here = [...points.map(([, place]) => place), ...identities.map(({ place }) => place).filter((place) => place.table === table)];
  if (here.length === 0) return { first: 0, words: new Uint16Array(0), mapped: new Uint8Array(0) };
  const first = Math.min(...here.map(({ address }) => address));
  const end = Math.max(...here.map(({ address, length }) => address + length));
  if (first < 0 || end > 65_536) throw new Error(`the ${table} registers must lie from address 0 to 65535, not ${first} to ${end - 1}`);
  const owners = new Map<number, Place>();
  for (const [name, place] of points) {
    for (let at = place.address; at < place.address + place.length; at++) {
      const owner = owners.get(at);
      if (owner !== undefined && !isSameNumber(owner, place))
        throw new Error(`point ${name} shares ${table} register ${at} with another point`);
      owners.set(at, place);
    }
  }
  const area: Area = { first, words: new Uint16Array(end - first), mapped: new Uint8Array(end - first) };
  for (const { address, length } of here) area.mapped.fill(1, address - first, address - first + length);
  return area;
}

const isSameNumber = (a: Place, b: Place): boolean =>
  a.kind === "number" &&
  b.kind === "number" &&
  a.address === b.address &&
  a.encoding.type === b.encoding.type &&
  (a.field !== null || b.field !== null);
