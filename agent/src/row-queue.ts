// The work on one machine, strictly one after the other: rows as they come, and whatever else is to be done between two of them.
import { messageOf } from "@millwright/kit/fault";
import type { SayEvent } from "./events.ts";
import type { MachineRow } from "./samples/machine-row.ts";

/** More rows than this waiting (a learning step takes a while) and the oldest are given up, counted and told. */
const maxWaiting = 5_000;

export class RowQueue {
  readonly #machine: string;
  readonly #say: SayEvent;
  readonly #onRow: (row: MachineRow) => Promise<void>;
  #waiting: MachineRow[] = [];
  #givenUp = 0;
  #work: Promise<void> = Promise.resolve();

  /** @param options its `machine`: the name, for what is told; `onRow`: works on one row */
  constructor({ machine, say, onRow }: { machine: string; say: SayEvent; onRow: (row: MachineRow) => Promise<void> }) {
    this.#machine = machine;
    this.#say = say;
    this.#onRow = onRow;
  }

  take(row: MachineRow): void {
    this.#waiting.push(row);
    if (this.#waiting.length > maxWaiting) {
      this.#waiting.shift();
      this.#givenUp += 1;
    }
    // What goes wrong with a row was told where the queue caught it; the next row comes all the same.
    void this.add(async () => {
      this.#tellGivenUp();
      const next = this.#waiting.shift();
      if (next !== undefined) await this.#onRow(next);
    }).catch(() => {});
  }

  /** What goes wrong is told, and rejects. */
  add(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch((error: unknown) => this.#say({ event: "device", text: `${this.#machine}: ${messageOf(error)}` }));
    return done;
  }

  /** Everything added so far is done. */
  async idle(): Promise<void> {
    await this.#work;
  }

  #tellGivenUp(): void {
    if (this.#givenUp === 0) return;
    const text = `${this.#machine}: ${this.#givenUp} rows came faster than they could be worked on, and were given up, oldest first`;
    this.#say({ event: "device", text });
    this.#givenUp = 0;
  }
}
