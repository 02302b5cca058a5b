// The lines that a person types or pastes, one at a time. What comes before it is asked for waits: Node's own `question` loses it.
import type { Interface } from "node:readline";

/** The person wants no more: Ctrl-C, Ctrl-D, or the terminal is gone. */
export class Stopped extends Error {}

/** More lines than this nobody types ahead; they are let go. */
const mostWaiting = 200;

export class TypedLines {
  readonly #lines: Interface;
  readonly #waiting: string[] = [];
  #asker: { take(line: string): void; stop(): void } | null = null;
  #isOver = false;

  readonly #output: { write(text: string): unknown };

  constructor(lines: Interface, output: { write(text: string): unknown }) {
    this.#lines = lines;
    this.#output = output;
    lines.on("line", (line) => this.#take(line));
    lines.on("SIGINT", () => lines.close());
    lines.on("close", () => {
      this.#isOver = true;
      this.#asker?.stop();
    });
  }

  /** Shows the prompt and gives the next line. @throws Stopped */
  async next(prompt: string): Promise<string> {
    this.#lines.setPrompt(prompt);
    this.#lines.prompt();
    const ahead = this.#waiting.shift();
    if (ahead !== undefined) {
      this.#output.write(`${ahead}\n`);
      return ahead;
    }
    if (this.#isOver) throw new Stopped("the input is over");
    return new Promise((resolve, reject) => {
      this.#asker = { take: resolve, stop: () => reject(new Stopped("stopped")) };
    });
  }

  #take(line: string): void {
    const asker = this.#asker;
    this.#asker = null;
    if (asker !== null) asker.take(line);
    else if (this.#waiting.length < mostWaiting) this.#waiting.push(line);
  }
}
