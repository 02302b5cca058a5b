// A block that the device refuses with exception 2 (illegal address) or 3 (illegal value: too many registers) is cut in halves until what it
// refuses is known, so that it is never asked for again. Reads through the function it is given; what was learned is returned, keeping it is
// the caller's.
import type { RegisterTable } from "@millwright/contract/register-template";
import type { ReadFailure, ReadOutcome } from "./read-outcome.ts";
import type { Block, PlanItem, RegisterRange } from "./read-plan.ts";

/** Wire addresses [from, to) of one table that a device does not have; from = to: a border no block may cross. */
export type IllegalRange = RegisterRange & { readonly table: RegisterTable };

export type BlockRead<T extends PlanItem> = { readonly block: Block<T>; readonly outcome: ReadOutcome };

export type Bisection<T extends PlanItem> = {
  readonly reads: readonly BlockRead<T>[];
  readonly illegal: readonly RegisterRange[];
  /** Registers of the shortest read that was too long: all of its parts were there. null: it was not the length. */
  readonly tooMany: number | null;
};

/**
 * Goes on from a block's outcome: where it was refused reads its halves, and so on. Each point is in exactly one of the results.
 * About 2 × log2(points) requests per hole.
 */
export async function bisect<T extends PlanItem>(
  block: Block<T>,
  outcome: ReadOutcome,
  read: (block: Block<T>) => Promise<ReadOutcome>,
): Promise<Bisection<T>> {
  const whole = [{ block, outcome }];
  if (!isRefused(outcome)) return { reads: whole, illegal: [], tooMany: null };
  const halves = halve(block);
  if (halves === null) {
    const isGroup = block.items[0]?.isGroup === true;
    return { reads: whole, illegal: isGroup ? [] : [{ from: block.address, to: block.address + block.count }], tooMany: null };
  }
  const [lower, upper] = halves;
  const below = await bisect(lower, await read(lower), read);
  const above = await bisect(upper, await read(upper), read);
  const illegal = [...below.illegal, ...above.illegal];
  const reads = [...below.reads, ...above.reads];
  const isAllThere = reads.every((part) => part.outcome.ok);
  if (isAllThere && outcome.exception === 3) {
    return {
      reads,
      illegal,
      tooMany: Math.min(block.count, below.tooMany ?? Number.POSITIVE_INFINITY, above.tooMany ?? Number.POSITIVE_INFINITY),
    };
  }
  if (isAllThere && reads.length === 2) illegal.push(between(lower, upper));
  return { reads, illegal, tooMany: below.tooMany ?? above.tooMany };
}

/** Whether the device said that it does not have a register, or that these are too many. */
export function isRefused(outcome: ReadOutcome): outcome is ReadFailure {
  return !outcome.ok && (outcome.exception === 2 || outcome.exception === 3);
}

// What lies between two blocks; where they overlap, a border that no block may cross.
function between({ address, count }: Block, upper: Block): RegisterRange {
  return { from: address + count, to: Math.max(address + count, upper.address) };
}

// Cuts near the middle, at a place where no value straddles the cut; null where there is none.
function halve<T extends PlanItem>({ items }: Block<T>): [Block<T>, Block<T>] | null {
  const cuts = items.flatMap((item, i) => (i > 0 && endOf(items.slice(0, i)) <= item.address ? [i] : []));
  const middle = items.length / 2;
  const cut = cuts.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  return cut === undefined ? unravel(items) : [blockOf(items.slice(0, cut)), blockOf(items.slice(cut))];
}

// Values in the gap of a group, or of two groups in each other's gaps: the parts overlap.
function unravel<T extends PlanItem>(items: readonly T[]): [Block<T>, Block<T>] | null {
  const groups = items.filter(({ isGroup }) => isGroup === true);
  const rest = items.filter(({ isGroup }) => isGroup !== true);
  if (groups.length === 0 || items.length < 2) return null;
  const middle = Math.ceil(groups.length / 2);
  return rest.length > 0 ? [blockOf(groups), blockOf(rest)] : [blockOf(groups.slice(0, middle)), blockOf(groups.slice(middle))];
}

function blockOf<T extends PlanItem>(items: readonly T[]): Block<T> {
  const address = (items[0] as T).address;
  return { address, count: endOf(items) - address, items };
}

const endOf = (items: readonly PlanItem[]): number => Math.max(...items.map(({ address, length }) => address + length));
