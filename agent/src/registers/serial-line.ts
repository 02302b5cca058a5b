// The settings of a serial line, and how long a character takes on it.

/** Settings of a serial line. */
export type SerialLine = {
  readonly path: string;
  readonly baud: number;
  readonly dataBits: 7 | 8;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
  /** Who switches an RS-485 transceiver to sending. */
  readonly sendEnable: "driver" | "rts";
};

/** Names a folder into which the settings of every port that is opened are written, for a simulator on the other side of a pseudo terminal. */
export const settingsVariable = "MILLWRIGHT_SERIAL_SETTINGS";

/** ms one character takes: start bit, data bits, parity bit, stop bits. */
export function characterMs({ baud, dataBits, parity, stopBits }: SerialLine): number {
  return (1_000 * (1 + dataBits + (parity === "none" ? 0 : 1) + stopBits)) / baud;
}

/** Silence between two frames in ms: 3.5 characters; above 19200 baud 1.75 ms (MODBUS over Serial Line V1.02 §2.5.1.1). */
export const frameGapMs = (line: SerialLine): number => (line.baud > 19_200 ? 1.75 : 3.5 * characterMs(line));
