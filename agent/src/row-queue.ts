// The work on one machine, strictly one after the other: rows as they come, and whatever else is to be done between two of them.
import { counted } from "@millwright/kit/counted";
import { messageOf } from "@millwright/kit/fault";
import type { SayEvent } from "./events.ts";
import type { MachineRow } from "./samples/machine-row.ts";

/** More rows than this waiting (a learning step takes a while) and the oldest are given up, counted and told. */
const maxWaiting = 5_000;

type Task = { readonly work: () => Promise<void>; readonly settle: (done: Promise<void>) => void };
type Waiting = { readonly row: MachineRow } | Task;

export class RowQueue {
  readonly #machine: string;
  readonly #say: SayEvent;
  readonly #onRow: (row: MachineRow) => Promise<unknown> | null;
  readonly #waiting: Waiting[] = [];
  #rows = 0;
  #givenUp = 0;
  #isWorking = false;
  #working: Promise<void> = Promise.resolve();

  /** @param options its `machine`: the name, for what is told; `onRow`: works on one row; null: it is done with it */
  constructor({ machine, say, onRow }: { machine: string; say: SayEvent; onRow: (row: MachineRow) => Promise<unknown> | null }) {
    this.#machine = machine;
    this.#say = say;
    this.#onRow = onRow;
  }

  /** Work on it may begin within this call. What goes wrong with it is told; the next row comes all the same. */
  take(row: MachineRow): void {
    if (this.#isWorking) this.#wait(row);
    else this.#takeAtOnce(row);
  }

  /** What goes wrong is told, and rejects. */
  add(work: () => Promise<void>): Promise<void> {
    return new Promise((settle) => {
      this.#waiting.push({ work, settle });
      this.#start();
    });
  }

  /** Everything added so far is done. */
  async idle(): Promise<void> {
    while (this.#isWorking) await this.#working;
  }

  #wait(row: MachineRow): void {
    this.#waiting.push({ row });
    this.#rows += 1;
    if (this.#rows > maxWaiting) this.#giveUpOldest();
  }

  // Most rows come alone and need no wait: they leave no promise behind.
  #takeAtOnce(row: MachineRow): void {
    this.#isWorking = true;
    let done: Promise<unknown> | null = null;
    try {
      done = this.#onRow(row);
    } catch (error) {
      this.#tell(error);
    }
    if (done === null && this.#waiting.length === 0) this.#isWorking = false;
    else this.#working = this.#work(done);
  }

  #start(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#working = this.#work(null);
  }

  /** @param first what is under way already */
  async #work(first: Promise<unknown> | null): Promise<void> {
    await first?.catch((error: unknown) => this.#tell(error));
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      try {
        await ("row" in next ? this.#takeRow(next.row) : this.#do(next));
      } catch (error) {
        this.#tell(error);
      }
    }
    this.#isWorking = false;
  }

  #takeRow(row: MachineRow): Promise<unknown> | null {
    this.#rows -= 1;
    this.#tellGivenUp();
    return this.#onRow(row);
  }

  #tell(error: unknown): void {
    this.#say({ event: "device", text: `${this.#machine}: ${messageOf(error)}` });
  }

  #do({ work, settle }: Task): Promise<void> {
    const done = new Promise<void>((resolve) => resolve(work()));
    settle(done);
    return done;
  }

  #giveUpOldest(): void {
    this.#waiting.splice(
      this.#waiting.findIndex((one) => "row" in one),
      1,
    );
    this.#rows -= 1;
    this.#givenUp += 1;
  }

  #tellGivenUp(): void {
    if (this.#givenUp === 0) return;
    const text = `${this.#machine}: ${counted(this.#givenUp, "row")} came faster than could be worked on, given up, oldest first`;
    this.#say({ event: "device", text });
    this.#givenUp = 0;
  }
}
