// One read of one unit: all of its points in as few requests as the plan needs, decoded, each with its quality. What one block loses, the others keep.
import { type RegisterTable, registersOf } from "@millwright/contract/register-template";
import type { QualityReason } from "@millwright/contract/telemetry";
import type { Clock } from "@millwright/kit/clock";
import type { Bus, Pace } from "./bus.ts";
import type { PointDecoding } from "./decode.ts";
import { bisect, type IllegalRange, isRefused } from "./illegal-ranges.ts";
import { fieldsOf, partOf, type ReadItem, type ReadPart, readItems } from "./read-items.ts";
import type { ReadFailure, ReadOutcome, ReadRequest } from "./read-outcome.ts";
import { type Block, overlaps, planReads } from "./read-plan.ts";
import type { DeviceReading, Reader } from "./reader.ts";
import { scalerOf } from "./scale-factor.ts";
import { slab } from "./slab.ts";

/** A point as it stands in the device: `address` is the wire address of its first register, 0…65535. */
export type ReadPoint = PointDecoding & {
  readonly name: string;
  readonly table: RegisterTable;
  readonly address: number;
  /** Place among the points of the one that holds the power of ten this one is multiplied by. */
  readonly scaleFactor?: number;
};

export type DeviceReaderOptions = {
  readonly bus: Pick<Bus<ReadRequest, Uint16Array>, "read">;
  readonly unit: number;
  readonly points: readonly ReadPoint[];
  readonly maxBlock: number;
  readonly maxGap: number;
  /** Requests the device takes at once; 1 where nothing is said. */
  readonly pipeline?: number;
  /** Least real ms between two requests to it. */
  readonly pauseMs?: number;
  /** Groups of places in `points` that belong to one moment: each is read in one request, or not at all. */
  readonly atomic?: readonly (readonly number[])[];
  /** The point that grows with every new row of the device; where it takes several blocks to read a row, it is read again at the end. */
  readonly counterIndex?: number | null;
  /** What the template says must never be asked for. */
  readonly forbidden?: readonly IllegalRange[];
  /** Called with all that was learned whenever that grew. */
  readonly onLearned?: (illegal: readonly IllegalRange[]) => void;
  /** Called when the device refused a read for its length, with the registers that are asked for at most from now on. */
  readonly onBlockSize?: (maxBlock: number) => void;
  readonly clock: Pick<Clock, "monotonicMs">;
};

type TableBlock = {
  readonly block: Block<ReadItem>;
  readonly fields: readonly ReadPart[];
  readonly request: ReadRequest;
  isProven: boolean;
};
type Cycle = {
  readonly shown: Float64Array;
  readonly reasons: (QualityReason | null)[];
  readonly learned: IllegalRange[];
  /** Groups the device refused, by their first point. */
  readonly refusedGroups: number[];
  tooMany: number | null;
  isAnyGood: boolean;
  isAnyRefused: boolean;
};

/** A row of several requests is read so often before it is given up for this cycle. */
const triesForOneRow = 3;
/**
 * A module may be plugged in later: what was learned not to exist is asked for again after so much machine time, in ms. Nothing of it is kept over a
 * restart, which often comes after work on the device, and learning it again takes some 2 × log2(points) requests a hole, once.
 */
const doubtAfterMs = 24 * 3_600_000;

const tables = ["holding", "input"] as const;
const takeValues = slab(Float64Array);

export class DeviceReader implements Reader {
  readonly #options: DeviceReaderOptions;
  readonly #items: readonly ReadItem[];
  readonly #scalers: readonly ReturnType<typeof scalerOf>[];
  readonly #pace: Pace;
  /** Items that were read once, by their first point: they exist, whatever the device says later (it may be starting up). */
  readonly #proven = new Set<number>();
  /** Groups that the device refused, by their first point: one of their registers does not exist, or one between them. */
  readonly #refusedGroups = new Set<number>();
  #illegal: readonly IllegalRange[] = [];
  #maxBlock: number;
  #blocks: readonly TableBlock[] = [];
  #cyclesRefused = 0;
  #doubtAtMs: number;

  constructor(options: DeviceReaderOptions) {
    this.#options = options;
    this.#items = readItems(options.points, options.atomic ?? []);
    this.#scalers = options.points.flatMap((point, index) =>
      point.scaleFactor === undefined ? [] : scalerOf(point, index, point.scaleFactor),
    );
    this.#pace = { pipeline: options.pipeline ?? 1, pauseMs: options.pauseMs ?? 0 };
    this.#maxBlock = options.maxBlock;
    this.#doubtAtMs = options.clock.monotonicMs() + doubtAfterMs;
    this.#plan();
  }

  /** Never rejects. Takes at most requests × the bus's deadline, plus its turn in the queue. */
  read(): Promise<DeviceReading> {
    const { counterIndex = null, clock } = this.#options;
    if (clock.monotonicMs() >= this.#doubtAtMs) this.#doubtWhatWasLearned();
    if (counterIndex !== null) return this.#readRow(counterIndex);
    return this.#blocks.length === 1 ? this.#readOnly(this.#blocks[0] as TableBlock) : this.#readAll();
  }

  // The usual device is read with one request: no function of ours waits for it, so that little garbage is left behind.
  #readOnly(tableBlock: TableBlock): Promise<DeviceReading> {
    return this.#options.bus.read(tableBlock.request, this.#pace).then((outcome) => {
      const cycle = this.#newCycle();
      const search = this.#take(tableBlock, outcome, cycle);
      return search === null ? this.#readingOf(cycle) : search.then(() => this.#readingOf(cycle));
    });
  }

  async #readRow(counter: number): Promise<DeviceReading> {
    for (let tries = 1; ; tries++) {
      const reading = await this.#readAll();
      if (this.#blocks.length < 2 || reading.reasons[counter] !== null) return reading;
      if ((await this.#readPoint(counter)) === reading.shown[counter]) return reading;
      // Torn between two rows of the device. Where it stays so, there is no row this time; the next cycle comes soon.
      if (tries < triesForOneRow) continue;
      reading.reasons[counter] = "late";
      return reading;
    }
  }

  async #readAll(): Promise<DeviceReading> {
    const { counterIndex = null } = this.#options;
    const cycle = this.#newCycle();
    // The counter is there before anything else is asked for.
    if (counterIndex !== null) await this.#readBlocks(this.#blocks.slice(0, 1).values(), cycle);
    const rest = this.#blocks.slice(counterIndex === null ? 0 : 1).values();
    const lanes = Math.min(this.#pace.pipeline, this.#blocks.length);
    if (lanes <= 1) await this.#readBlocks(rest, cycle);
    else await Promise.all(Array.from({ length: lanes }, () => this.#readBlocks(rest, cycle)));
    return this.#readingOf(cycle);
  }

  #newCycle(): Cycle {
    const { length } = this.#options.points;
    return {
      shown: takeValues(length).fill(Number.NaN),
      reasons: new Array<QualityReason | null>(length).fill("exception"),
      learned: [],
      refusedGroups: [],
      tooMany: null,
      isAnyGood: false,
      isAnyRefused: false,
    };
  }

  #readingOf(cycle: Cycle): DeviceReading {
    const { shown, reasons } = cycle;
    for (const scale of this.#scalers) scale(shown, reasons);
    this.#conclude(cycle);
    return { atMonotonicMs: this.#options.clock.monotonicMs(), shown, reasons };
  }

  // Takes blocks from an iterator that several of these may share.
  async #readBlocks(blocks: IterableIterator<TableBlock>, cycle: Cycle): Promise<void> {
    for (const tableBlock of blocks) {
      const search = this.#take(tableBlock, await this.#options.bus.read(tableBlock.request, this.#pace), cycle);
      if (search !== null) await search;
    }
  }

  // Goes on searching where the device refused the block. One that refuses everything (still booting, or the wrong template) teaches nothing; it is
  // searched ever more rarely.
  #take(tableBlock: TableBlock, outcome: ReadOutcome, cycle: Cycle): Promise<void> | null {
    const isSearchDue = (this.#cyclesRefused & (this.#cyclesRefused - 1)) === 0;
    if (outcome.ok) {
      this.#keep(tableBlock.fields, outcome.reply, cycle);
      if (!tableBlock.isProven) this.#prove(tableBlock.block);
      tableBlock.isProven = true;
    } else if (isRefused(outcome) && isSearchDue) {
      return this.#search(tableBlock, outcome, cycle);
    } else {
      this.#keepFailure(tableBlock.block, outcome, cycle);
    }
    return null;
  }

  async #search({ block, request }: TableBlock, refusal: ReadFailure, cycle: Cycle): Promise<void> {
    const read = ({ address, count }: Block<ReadItem>): Promise<ReadOutcome> =>
      this.#options.bus.read({ ...request, address, count }, this.#pace);
    const { reads, illegal, tooMany } = await bisect(block, refusal, read);
    for (const part of reads) {
      if (part.outcome.ok) {
        this.#keep(fieldsOf(part.block), part.outcome.reply, cycle);
        this.#prove(part.block);
      } else {
        this.#keepFailure(part.block, part.outcome, cycle);
      }
    }
    for (const range of illegal) cycle.learned.push({ ...range, table: request.table });
    if (tooMany !== null) cycle.tooMany = Math.min(tooMany, cycle.tooMany ?? tooMany);
  }

  #keep(fields: readonly ReadPart[], reply: Uint16Array, cycle: Cycle): void {
    const { shown, reasons } = cycle;
    for (const { offset, decode, index } of fields) decode(reply, offset, shown, reasons, index);
    cycle.isAnyGood = true;
  }

  #prove({ items }: Block<ReadItem>): void {
    for (const { index } of items) this.#proven.add(index);
  }

  #keepFailure({ items }: Block<ReadItem>, failure: ReadFailure, cycle: Cycle): void {
    for (const { parts } of items) for (const { index } of parts) cycle.reasons[index] = failure.reason;
    if (!isRefused(failure)) return;
    cycle.isAnyRefused = true;
    for (const { index, isGroup } of items) if (isGroup) cycle.refusedGroups.push(index);
  }

  #conclude({ learned, refusedGroups, tooMany, isAnyGood, isAnyRefused }: Cycle): void {
    if (isAnyGood) this.#cyclesRefused = 0;
    else if (isAnyRefused) this.#cyclesRefused++;
    if (!isAnyGood) return;
    if (refusedGroups.length > 0) this.#forgetGroups(refusedGroups);
    if (tooMany !== null) this.#shorten(Math.max(1, Math.floor(tooMany / 2)));
    if (learned.length > 0) this.#learn(learned);
  }

  #doubtWhatWasLearned(): void {
    this.#doubtAtMs = this.#options.clock.monotonicMs() + doubtAfterMs;
    if (this.#illegal.length === 0 && this.#refusedGroups.size === 0) return;
    this.#illegal = [];
    this.#refusedGroups.clear();
    this.#plan();
  }

  #shorten(maxBlock: number): void {
    if (maxBlock >= this.#maxBlock) return;
    this.#maxBlock = maxBlock;
    this.#plan();
    this.#options.onBlockSize?.(maxBlock);
  }

  async #readPoint(index: number): Promise<number> {
    const point = this.#options.points[index] as ReadPoint;
    const request = { unit: this.#options.unit, table: point.table, address: point.address, count: registersOf[point.type] };
    const outcome = await this.#options.bus.read(request, this.#pace);
    const value = new Float64Array([Number.NaN]);
    if (outcome.ok) partOf(point, 0, point.address).decode(outcome.reply, 0, value, [], 0);
    return value[0] as number;
  }

  // One that was read before is asked for again with every cycle: it exists.
  #forgetGroups(refused: readonly number[]): void {
    const lost = refused.filter((index) => !this.#proven.has(index));
    if (lost.length === 0) return;
    for (const index of lost) this.#refusedGroups.add(index);
    this.#plan();
  }

  #learn(ranges: readonly IllegalRange[]): void {
    const isKnown = (range: IllegalRange): boolean =>
      this.#illegal.some(({ table, from, to }) => table === range.table && from === range.from && to === range.to);
    const news = ranges.flatMap((range) => this.#doubted(range)).filter((range) => !isKnown(range));
    if (news.length === 0) return;
    this.#illegal = [...this.#illegal, ...news];
    this.#plan();
    this.#options.onLearned?.(this.#illegal);
  }

  // A point that was read before gets a request of its own from now on, so that it harms no other and comes back by itself.
  #doubted(range: IllegalRange): readonly IllegalRange[] {
    const isDoubtful = this.#items.some(
      ({ index, address, length }) =>
        this.#proven.has(index) && this.#options.points[index]?.table === range.table && overlaps(range, address, address + length),
    );
    if (!isDoubtful || range.from === range.to) return [range];
    return [range.from, range.to].map((border) => ({ table: range.table, from: border, to: border }));
  }

  #plan(): void {
    const { unit, points, maxGap, forbidden: never = [] } = this.#options;
    const blocks = tables.flatMap((table) => {
      const items = this.#items.filter(({ index }) => points[index]?.table === table && !this.#refusedGroups.has(index));
      const forbidden = [...never, ...this.#illegal].filter((range) => range.table === table);
      const plan = planReads(items, { maxBlock: this.#maxBlock, maxGap, forbidden });
      return plan.blocks.map((block): TableBlock => {
        return { block, fields: fieldsOf(block), request: { unit, table, address: block.address, count: block.count }, isProven: false };
      });
    });
    // The counter first: read again at the end, it spans everything between.
    const hasCounter = ({ block }: TableBlock): boolean =>
      block.items.some(({ parts }) => parts.some(({ index }) => index === this.#options.counterIndex));
    this.#blocks = [...blocks.filter(hasCounter), ...blocks.filter((block) => !hasCounter(block))];
  }
}
