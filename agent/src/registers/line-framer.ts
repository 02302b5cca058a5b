// Bytes → whole lines of Latin-1 text (a character a byte). Pure. What is longer than a line may be is thrown away up to the next line end.

export class LineFramer {
  /** Lines thrown away because they were too long. */
  tooLong = 0;
  readonly #lineEnd: string;
  readonly #maxBytes: number;
  #rest = "";
  #isSkipping: boolean;

  /** @param start `midway`: we may have come in the middle of a line; what stands before the first line end is not one. */
  constructor({ lineEnd, maxBytes }: { lineEnd: string; maxBytes: number }, start: "fresh" | "midway") {
    this.#lineEnd = lineEnd;
    this.#maxBytes = maxBytes;
    this.#isSkipping = start === "midway";
  }

  /** The lines that are whole now, without their ends, in order; empty ones are left out. */
  push(bytes: Buffer): string[] {
    const parts = (this.#rest + bytes.toString("latin1")).split(this.#lineEnd);
    this.#rest = parts.pop() ?? "";
    const lines = parts.flatMap((line, i) => {
      if (i === 0 && this.#isSkipping) return [];
      const text = line.replace(/\r$/, "");
      return this.#isTooLong(text) ? [] : [text];
    });
    if (parts.length > 0) this.#isSkipping = false;
    // Of a line that is skipped, only as much is kept as may be the begin of its end.
    if (!this.#isSkipping && this.#isTooLong(this.#rest.slice(this.#lineEnd.length))) this.#isSkipping = true;
    if (this.#isSkipping) this.#rest = this.#rest.slice(-(this.#lineEnd.length - 1) || this.#rest.length);
    return lines.filter((line) => line !== "");
  }

  #isTooLong(line: string): boolean {
    if (line.length <= this.#maxBytes) return false;
    this.tooLong++;
    return true;
  }
}
