// All registers of one device as a client sees them. In: values by point. Out: register contents, or null where an address is not mapped.
import { type RegisterTable, type RegisterTemplate, registersOf } from "@millwright/contract/register-template";
import { type Encoding, encode } from "./encode.ts";

/** What the wire needs to know of registers. */
export type RegisterImage = {
  /** @returns `count` registers from `address`, or null where one of them is not mapped (exception 2). */
  read(table: RegisterTable, address: number, count: number): Uint16Array | null;
  /** Puts new values into the registers of the points they are named after. Points of the template without a value keep theirs. */
  write(values: Readonly<Record<string, number>>): void;
};

type Place = { table: RegisterTable; address: number; encoding: Encoding };
type Area = { first: number; words: Uint16Array; mapped: Uint8Array };

/** Lays a template out. @throws Error where two points share a register, or one lies beyond address 65535. */
export function createRegisterImage(template: RegisterTemplate): RegisterImage {
  const places = new Map(
    Object.entries(template.points).flatMap(([name, { type, ...point }]): [string, Place][] => {
      if (type === "string") return [];
      const encoding = { type, order: point.order ?? template.order, scale: point.scale, offset: point.offset };
      return [[name, { table: point.table, address: point.register - template.base, encoding }]];
    }),
  );
  const areas = { holding: areaOf("holding", places), input: areaOf("input", places) };
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
        if (place === undefined) continue;
        const area = areas[place.table];
        area.words.set(encode(value, place.encoding), place.address - area.first);
      }
    },
  };
}

function areaOf(table: RegisterTable, places: ReadonlyMap<string, Place>): Area {
  const here = [...places].filter(([, place]) => place.table === table);
  const first = Math.min(...here.map(([, { address }]) => address));
  const end = Math.max(...here.map(([, { address, encoding }]) => address + registersOf[encoding.type]));
  if (here.length === 0) return { first: 0, words: new Uint16Array(0), mapped: new Uint8Array(0) };
  if (first < 0 || end > 65_536) throw new Error(`the ${table} registers must lie from address 0 to 65535, not ${first} to ${end - 1}`);
  const area: Area = { first, words: new Uint16Array(end - first), mapped: new Uint8Array(end - first) };
  for (const [name, { address, encoding }] of here) {
    for (let i = address - first; i < address - first + registersOf[encoding.type]; i++) {
      if (area.mapped[i] !== 0) throw new Error(`point ${name} shares ${table} register ${i + first} with another point`);
      area.mapped[i] = 1;
    }
  }
  return area;
}
