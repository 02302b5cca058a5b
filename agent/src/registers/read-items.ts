// The points of a unit → what a plan may not split: single values, and groups of values that belong to one moment, each with its decoders. Pure.
import { registersOf } from "@millwright/contract/register-template";
import { type Decode, decoderOf } from "./decode.ts";
import type { ReadPoint } from "./device-reader.ts";
import type { Block, PlanItem } from "./read-plan.ts";
import { unscaled } from "./scale-factor.ts";

/** `index` is that of its first point; all of its points are in one table. */
export type ReadItem = PlanItem & { readonly parts: readonly ReadPart[] };

/** One point of an item; `offset`: registers from where the item begins. */
export type ReadPart = { readonly index: number; readonly offset: number; readonly decode: Decode };

type Points = readonly ReadPoint[];
type Groups = readonly (readonly number[])[];

/** What was made of these very arrays; devices of one template share them, and their decoders. */
const made = new WeakMap<Points, { atomic: Groups; items: readonly ReadItem[] }>();

/** @param atomic groups of places in `points`; no point is in two, and a group is in one table. Neither may change afterwards. */
export function readItems(points: Points, atomic: Groups): readonly ReadItem[] {
  const known = made.get(points);
  if (known?.atomic === atomic) return known.items;
  const items = itemsOf(points, atomic);
  made.set(points, { atomic, items });
  return items;
}

function itemsOf(points: Points, atomic: Groups): ReadItem[] {
  const grouped = new Set(atomic.flat());
  const alone = points.flatMap((_, index) => (grouped.has(index) ? [] : [[index]]));
  return [...alone, ...atomic].map((indexes) => itemOf(points, indexes)).sort((a, b) => a.index - b.index);
}

/** Every point of a block, `offset` counted from where the block begins: what is decoded of its reply. */
export function fieldsOf({ address, items }: Block<ReadItem>): ReadPart[] {
  return items.flatMap((item) => item.parts.map((part) => ({ ...part, offset: item.address - address + part.offset })));
}

/** Where one point stands, and how it is decoded where nothing is to be scaled yet. */
export function partOf(point: ReadPoint, index: number, itemAddress: number): ReadPart {
  const decode = decoderOf(point.scaleFactor === undefined ? point : unscaled(point));
  return { index, offset: point.address - itemAddress, decode };
}

function itemOf(points: Points, indexes: readonly number[]): ReadItem {
  const members = indexes.map((index) => points[index] as ReadPoint);
  const address = Math.min(...members.map((point) => point.address));
  const end = Math.max(...members.map((point) => point.address + registersOf[point.type]));
  const parts = members.map((point, i) => partOf(point, indexes[i] as number, address));
  return { index: indexes[0] as number, address, length: end - address, isGroup: parts.length > 1, parts };
}
