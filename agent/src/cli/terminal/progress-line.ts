// What a tool is doing right now: one line that changes, on a terminal; nothing elsewhere. It is gone before the result is printed.
export type ProgressLine = { show(text: string): void; clear(): void };

export function progressLine(out: NodeJS.WriteStream = process.stderr): ProgressLine {
  let isShown = false;
  const clear = (): void => {
    if (isShown) out.write("\r\u001b[K");
    isShown = false;
  };
  return {
    show(text) {
      if (!out.isTTY) return;
      out.write(`\r\u001b[K${text.slice(0, Math.max(0, out.columns - 1))}`);
      isShown = true;
    },
    clear,
  };
}
