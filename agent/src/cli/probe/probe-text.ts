// What was found at one address, for a person and as a document. Pure.

import { numberText } from "../devices/point-text.ts";
import { inHex } from "../devices/raw-points.ts";
import { columns } from "../terminal/columns.ts";
import type { Paint } from "../terminal/paint.ts";
import { type Candidate, rankCandidates } from "./rank-candidates.ts";
import type { Probed } from "./read-samples.ts";

/** `base`: the number the manual gives to its first register. */
export type ProbedBase = Probed & { readonly base: 0 | 1 };

export function probeLines({ base, address, samples, failure }: ProbedBase, paint: Paint): string[] {
  const head = paint.bold(`If the manual counts from ${base}: address ${address} on the wire`);
  const latest = samples.at(-1);
  if (latest === undefined) return [head, `  ${paint.bad("!")} ${failure ?? "nothing was read"}`];
  const rows = rankCandidates(samples).map((candidate) => rowOf(candidate, paint));
  return [`${head}  ${paint.dim(inHex(latest))}`, ...columns(rows, "lllrrl")];
}

function rowOf(candidate: Candidate, paint: Paint): string[] {
  const { type, order, length, score, isPlausible, reason } = candidate;
  const tone = isPlausible ? (text: string): string => text : paint.dim;
  const its = length === 1 ? (order === "ABCD" ? "" : "swapped") : order;
  const cells = [type, its, valueText(candidate), isPlausible ? `${Math.round(100 * score)} %` : "", reason];
  return [isPlausible ? `  ${paint.good("*")}` : "  ", ...cells.map(tone)];
}

const valueText = ({ values, text }: Candidate): string => (text === null ? shortNumber(values.at(-1) ?? Number.NaN) : `"${text}"`);

const shortNumber = (value: number): string => (Number.isInteger(value) ? String(value) : numberText(value));

export function probeDocument({ base, address, samples, failure }: ProbedBase): unknown {
  const candidates = samples.length === 0 ? [] : rankCandidates(samples);
  return {
    base,
    address,
    failure,
    samples,
    candidates: candidates.map(({ type, order, length, values, text, score, isPlausible, reason }) => {
      const value = values.at(-1);
      return { type, order, length, value: text ?? finiteOrNull(value), score, plausible: isPlausible, reason };
    }),
  };
}

const finiteOrNull = (value: number | undefined): number | null => (value !== undefined && Number.isFinite(value) ? value : null);
