// Colours for a person: only on a terminal, and never where NO_COLOR is set (https://no-color.org). Otherwise the text as it is.
import { styleText } from "node:util";

export type Paint = Record<"good" | "warn" | "bad" | "dim" | "bold", (text: string) => string>;

/** `out`: where the text will go. */
export function paintFor(out: NodeJS.WritableStream & { isTTY?: boolean }): Paint {
  const style = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    out.isTTY === true && text !== "" ? styleText(format, text, { stream: out }) : text;
  return { good: style("green"), warn: style("yellow"), bad: style("red"), dim: style("dim"), bold: style("bold") };
}
