// Which requests read a set of points: points of one unit and table, coalesced into few blocks. Pure.
// Promised for any layout: every readable point is in exactly one block, whole; no block touches a forbidden range; none is longer than
// `maxBlock`, unless a single value, or a group of values that belong to one moment, is.

/** Registers [from, to) that must not be read. Where from = to: no block of several points may reach across that register. */
export type RegisterRange = { readonly from: number; readonly to: number };

export type PlanItem = {
  /** The reader's own number for this point, or group of points. */
  readonly index: number;
  /** Wire address of its first register. */
  readonly address: number;
  /** Registers it takes; they are read together. Of a group: from its first to its last, with what lies between. */
  readonly length: number;
  /** Several points: where they are refused together, nothing is known of any one register. */
  readonly isGroup?: boolean;
};

export type Block<T extends PlanItem = PlanItem> = { readonly address: number; readonly count: number; readonly items: readonly T[] };

export type ReadPlan<T extends PlanItem = PlanItem> = {
  readonly blocks: readonly Block<T>[];
  /** Points that lie in a forbidden range; they cannot be read. */
  readonly unreadable: readonly T[];
};

export type PlanLimits = {
  /** Most registers in one request, 1…125. */
  readonly maxBlock: number;
  /** Most unused registers worth reading to save a request. */
  readonly maxGap: number;
  readonly forbidden?: readonly RegisterRange[];
};

/** Plans the requests, in the order of their addresses. */
export function planReads<T extends PlanItem>(items: readonly T[], { maxBlock, maxGap, forbidden = [] }: PlanLimits): ReadPlan<T> {
  const isForbidden = (from: number, to: number): boolean => forbidden.some((range) => overlaps(range, from, to));
  const holes = forbidden.filter(({ from, to }) => from < to);
  const unreadable = items.filter(({ address, length }) => holes.some((hole) => overlaps(hole, address, address + length)));
  const rest = items.filter((item) => !unreadable.includes(item)).sort((a, b) => a.address - b.address || b.length - a.length);
  const blocks: { address: number; count: number; items: T[] }[] = [];
  for (const item of rest) {
    const last = blocks.at(-1);
    if (last !== undefined && fits(last, item)) {
      last.items.push(item);
      last.count = Math.max(last.count, item.address + item.length - last.address);
    } else {
      blocks.push({ address: item.address, count: item.length, items: [item] });
    }
  }
  return { blocks, unreadable };

  function fits(block: { address: number; count: number }, item: T): boolean {
    const end = block.address + block.count;
    const newEnd = Math.max(end, item.address + item.length);
    if (newEnd === end) return true;
    return item.address - end <= maxGap && newEnd - block.address <= maxBlock && !isForbidden(block.address, newEnd);
  }
}

/** Whether a read of [from, to) touches, or for an empty range reaches across, a forbidden range. */
export function overlaps(range: RegisterRange, from: number, to: number): boolean {
  return range.from < to && range.to > from;
}
