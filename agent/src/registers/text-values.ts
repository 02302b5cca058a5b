// A line of text → whether it is for this template and whole, and the values of its points. Pure.
import type { TextTemplate } from "@millwright/contract/text-template";

import { numberOf, type PointValue, pointValue } from "./point-value.ts";

export type JudgedLine =
  /** `text`: without its checksum. */
  | { readonly kind: "line"; readonly text: string }
  /** Not for this template. */
  | { readonly kind: "other" }
  | { readonly kind: "bad_checksum" | "malformed" };

/** Makes the judge of lines, once. */
export function lineJudge({ send, starts_with, checksum, pattern }: TextTemplate): (line: string) => JudgedLine {
  const echo = send?.trim();
  const expression = pattern === undefined ? null : new RegExp(pattern, "u");
  return (line) => {
    if (starts_with !== undefined && !line.startsWith(starts_with)) return other;
    if (line.trim() === echo) return other;
    // The driver gives a NUL for a character whose stop bit was not there: noise, or a wrong baud rate.
    if (line.includes("\0")) return { kind: "malformed" };
    const checked = withoutChecksum[checksum](line);
    return checked.kind === "line" && expression !== null && !expression.test(checked.text) ? other : checked;
  };
}

const other: JudgedLine = { kind: "other" };

const withoutChecksum: Record<TextTemplate["checksum"], (line: string) => JudgedLine> = {
  none: (text) => ({ kind: "line", text }),
  nmea_xor: (line) => {
    const match = /^([$!]([^*]*))\*([0-9a-fA-F]{2})\s*$/.exec(line);
    return match === null ? { kind: "malformed" } : checked(match[1] as string, match[3] as string, xorOf(match[2] as string));
  },
  sum8: (line) => {
    const match = /^(.*)([0-9a-fA-F]{2})$/s.exec(line);
    return match === null ? { kind: "malformed" } : checked(match[1] as string, match[2] as string, sumOf(match[1] as string));
  },
};

const checked = (text: string, hex: string, sum: number): JudgedLine =>
  Number.parseInt(hex, 16) === sum ? { kind: "line", text } : { kind: "bad_checksum" };

const xorOf = (text: string): number => [...Buffer.from(text, "latin1")].reduce((sum, byte) => sum ^ byte, 0);

const sumOf = (text: string): number => [...Buffer.from(text, "latin1")].reduce((sum, byte) => (sum + byte) & 0xff, 0);

/** Makes the decoder of some points of a template, once; it takes a line's text as the judge gave it. A field that is not there, or no number, has no value. */
export function textDecoderOf(template: TextTemplate, names: readonly string[]): (text: string) => PointValue[] {
  const fieldsOf = fieldReader(template);
  const points = names.flatMap((name) => template.points[name] ?? []);
  return (text) => {
    const fieldOf = fieldsOf(text);
    return points.map((point) => pointValue(numberOf(fieldOf(point.field) ?? "", point), point));
  };
}

type FieldOf = (field: number | string) => string | undefined;

function fieldReader({ delimiter, pattern }: TextTemplate): (text: string) => FieldOf {
  if (pattern !== undefined) {
    const expression = new RegExp(pattern, "u");
    return (text) => {
      const groups = expression.exec(text)?.groups ?? {};
      return (name) => groups[name];
    };
  }
  return (text) => {
    const fields = delimiter === " " ? text.trim().split(/[ \t]+/) : text.split(delimiter ?? "\n");
    return (number) => fields[Number(number) - 1];
  };
}
