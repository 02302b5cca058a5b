// One read of one unit: all of its points in as few requests as the plan needs, decoded, each with its quality. What one block loses, the others keep.
import { type RegisterTable, registersOf } from "@millwright/contract/register-template";
import type { QualityReason } from "@millwright/contract/telemetry";
import type { Clock } from "@millwright/kit/clock";
import type { Bus } from "./bus.ts";
import type { PointDecoding } from "./decode.ts";
import { type BlockRead, type IllegalRange, isIllegalAddress, readBisecting } from "./illegal-ranges.ts";
import { decodeItem, partOf, type ReadItem, readItems } from "./read-items.ts";
import type { ReadOutcome, ReadRequest } from "./read-outcome.ts";
import { type Block, overlaps, planReads } from "./read-plan.ts";
import type { DeviceReading, Reader } from "./reader.ts";
import { scalerOf } from "./scale-factor.ts";

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
  /** Groups of places in `points` that belong to one moment: each is read in one request, or not at all. */
  readonly atomic?: readonly (readonly number[])[];
  /** The point that grows with every new row of the device; where it takes several blocks to read a row, it is read again at the end. */
  readonly counterIndex?: number | null;
  /** What is known not to exist. */
  readonly illegal?: readonly IllegalRange[];
  /** Called with the whole list whenever it grew. */
  readonly onLearned?: (illegal: readonly IllegalRange[]) => void;
  readonly clock: Pick<Clock, "monotonicMs">;
};

type TableBlock = { readonly table: RegisterTable; readonly block: Block<ReadItem> };

/** A row of several requests is read so often before it is given up for this cycle. */
const triesForOneRow = 3;

const tables = ["holding", "input"] as const;

export class DeviceReader implements Reader {
  readonly #options: DeviceReaderOptions;
  readonly #items: readonly ReadItem[];
  readonly #scalers: readonly ReturnType<typeof scalerOf>[];
  /** Items that were read once, by their first point: they exist, whatever the device says later (it may be starting up). */
  readonly #proven = new Set<number>();
  /** Groups that the device refused, by their first point: one of their registers does not exist, or one between them. */
  readonly #refusedGroups = new Set<number>();
  #illegal: readonly IllegalRange[];
  #blocks: readonly TableBlock[] = [];
  #cyclesRefused = 0;

  constructor(options: DeviceReaderOptions) {
    this.#options = options;
    this.#items = readItems(options.points, options.atomic ?? []);
    this.#scalers = options.points.flatMap((point, index) =>
      point.scaleFactor === undefined ? [] : scalerOf(point, index, point.scaleFactor),
    );
    this.#illegal = options.illegal ?? [];
    this.#plan();
  }

  /** Requests of one good cycle. */
  get requestsPerCycle(): number {
    return this.#blocks.length;
  }

  /** Never rejects. Takes at most requests × the bus's deadline, plus its turn in the queue. */
  async read(): Promise<DeviceReading> {
    const counter = this.#options.counterIndex ?? null;
    for (let tries = 1; ; tries++) {
      const reading = await this.#readAll();
      if (counter === null || this.#blocks.length < 2 || reading.reasons[counter] !== null) return reading;
      if ((await this.#readPoint(counter)) === reading.shown[counter]) return reading;
      // Torn between two rows of the device. Where it stays so, there is no row this time; the next cycle comes soon.
      if (tries < triesForOneRow) continue;
      reading.reasons[counter] = "late";
      return reading;
    }
  }

  async #readAll(): Promise<DeviceReading> {
    const { points, clock } = this.#options;
    const shown = new Float64Array(points.length).fill(Number.NaN);
    const reasons = new Array<QualityReason | null>(points.length).fill("exception");
    const learned: IllegalRange[] = [];
    const refused: number[] = [];
    let isAnyGood = false;
    for (const { table, block } of this.#blocks) {
      const { reads, illegal } = await this.#readBlock(table, block);
      for (const read of reads) {
        keep(read, shown, reasons);
        if (isIllegalAddress(read.outcome)) refused.push(...read.block.items.flatMap(({ index, isGroup }) => (isGroup ? [index] : [])));
        if (!read.outcome.ok) continue;
        isAnyGood = true;
        for (const { index } of read.block.items) this.#proven.add(index);
      }
      learned.push(...illegal.map((range) => ({ ...range, table })));
    }
    for (const scale of this.#scalers) scale(shown, reasons);
    const isRefusedWhole = !isAnyGood && learned.length > 0;
    this.#cyclesRefused = isRefusedWhole ? this.#cyclesRefused + 1 : isAnyGood ? 0 : this.#cyclesRefused;
    if (isAnyGood) this.#forgetGroups(refused);
    if (isAnyGood && learned.length > 0) this.#learn(learned);
    return { atMonotonicMs: clock.monotonicMs(), shown, reasons };
  }

  // A device that refuses everything (still booting, or the wrong template) teaches nothing; it is searched ever more rarely.
  async #readBlock(table: RegisterTable, block: Block<ReadItem>): ReturnType<typeof readBisecting<ReadItem>> {
    const read = ({ address, count }: Block<ReadItem>): Promise<ReadOutcome> =>
      this.#options.bus.read({ unit: this.#options.unit, table, address, count });
    const isSearchDue = (this.#cyclesRefused & (this.#cyclesRefused - 1)) === 0;
    if (isSearchDue) return readBisecting(block, read);
    const outcome = await read(block);
    return {
      reads: [{ block, outcome }],
      illegal: isIllegalAddress(outcome) ? [{ from: block.address, to: block.address + block.count }] : [],
    };
  }

  async #readPoint(index: number): Promise<number> {
    const point = this.#options.points[index] as ReadPoint;
    const outcome = await this.#options.bus.read({
      unit: this.#options.unit,
      table: point.table,
      address: point.address,
      count: registersOf[point.type],
    });
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
    const { points, maxBlock, maxGap } = this.#options;
    this.#blocks = tables.flatMap((table) => {
      const items = this.#items.filter(({ index }) => points[index]?.table === table && !this.#refusedGroups.has(index));
      const forbidden = this.#illegal.filter((range) => range.table === table);
      return planReads(items, { maxBlock, maxGap, forbidden }).blocks.map((block) => ({ table, block }));
    });
    // The counter first: read again at the end, it spans everything between.
    const hasCounter = ({ block }: TableBlock): boolean =>
      block.items.some(({ parts }) => parts.some(({ index }) => index === this.#options.counterIndex));
    this.#blocks = [...this.#blocks.filter(hasCounter), ...this.#blocks.filter((block) => !hasCounter(block))];
  }
}

function keep({ block, outcome }: BlockRead<ReadItem>, shown: Float64Array, reasons: (QualityReason | null)[]): void {
  for (const item of block.items) {
    if (outcome.ok) decodeItem(item, outcome.reply, item.address - block.address, shown, reasons);
    else for (const { index } of item.parts) reasons[index] = outcome.reason;
  }
}
