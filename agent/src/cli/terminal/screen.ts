// A page that is drawn again and again in place, on the terminal's alternate screen; what stood there before comes back at the end.
// Control sequences: ECMA-48, and xterm's private modes 1049 (alternate screen) and 25 (cursor).
import { cut } from "./columns.ts";

export type Screen = {
  /** Lines that are too long or too many for the terminal as it is now are cut; the last line says so. */
  draw(lines: readonly string[]): void;
  /** Gives the terminal back. */
  close(): void;
};

const csi = "\u001b[";

export function openScreen(out: NodeJS.WriteStream): Screen {
  let last: readonly string[] = [];
  let isOpen = true;
  const paint = (): void => {
    const shown = fitted(last, out.rows, out.columns);
    out.write(`${csi}H${shown.map((line) => `${line}${csi}K`).join("\r\n")}${csi}J`);
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    out.off("resize", paint);
    process.off("exit", close);
    out.write(`${csi}?25h${csi}?1049l`);
  };
  out.write(`${csi}?1049h${csi}?25l`);
  out.on("resize", paint);
  // Also where the program ends in another way.
  process.on("exit", close);
  return {
    draw(lines) {
      last = lines;
      paint();
    },
    close,
  };
}

function fitted(lines: readonly string[], rows: number, width: number): string[] {
  const cutLines = lines.slice(0, rows).map((line) => cut(line, width));
  if (lines.length <= rows || rows < 2) return cutLines;
  const more = `… ${lines.length - rows + 1} more lines: make the window taller, or choose with --machine`;
  return [...cutLines.slice(0, rows - 1), cut(more, width)];
}
