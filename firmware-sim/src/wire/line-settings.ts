// How a serial line is set, and how long things take on it.

export type LineSettings = {
  readonly baud: number;
  readonly dataBits: 7 | 8;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
  /** From the end of the silence after a request to the first bit of the reply, ms. */
  readonly turnaroundMs: number;
};

/** One character on the line, ms: start bit, data bits, parity bit, stop bits. */
export function characterMs({ baud, dataBits, parity, stopBits }: LineSettings): number {
  return (1_000 * (1 + dataBits + (parity === "none" ? 0 : 1) + stopBits)) / baud;
}

/** Silence that ends a frame, ms: 3.5 characters, 1.75 ms above 19200 baud (MODBUS over Serial Line V1.02, 2.5.1.1). */
export const frameGapMs = (line: LineSettings): number => (line.baud > 19_200 ? 1.75 : 3.5 * characterMs(line));
