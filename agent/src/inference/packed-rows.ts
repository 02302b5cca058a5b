// Rows and scores of many machines as they cross to the model thread and back: a few arrays for all of them, which travel by transfer. As objects
// of their own, 50 rows cost the event loop as much as reading them from the devices.
import type { ScoreReply, ScoreRequest } from "./model-messages.ts";

export type ScoreRow = { id: number; request: ScoreRequest };
/** `lengths`: features of each row; they stand one behind the other. */
export type PackedRows = { ids: number[]; keys: string[]; lengths: number[]; features: Float32Array };
/** As many contributions for each. */
export type PackedScores = { ids: number[]; score: Float32Array; contribution: Float32Array };

export function packRows(rows: readonly ScoreRow[]): PackedRows {
  const requests = rows.map(({ request }) => request);
  const lengths = requests.map(({ features }) => features.length);
  return { ids: rows.map(({ id }) => id), keys: requests.map(({ key }) => key), lengths, features: joinFeatures(requests) };
}

/** Features of many rows, one behind the other. */
export function joinFeatures(rows: readonly { features: Float32Array }[]): Float32Array {
  const joined = new Float32Array(rows.reduce((sum, { features }) => sum + features.length, 0));
  let at = 0;
  for (const { features } of rows) {
    joined.set(features, at);
    at += features.length;
  }
  return joined;
}

/**
 * Rows with the same answer of `groupOf` together, at most `most` of them in a batch, in their order. Where all rows are one batch, nothing is copied.
 * @param groupOf asked for the key of each row
 */
export function batchesOf<Group>(rows: PackedRows, groupOf: (key: string) => Group, most: number): [Group, PackedRows][] {
  const groups = Map.groupBy(rows.keys.keys(), (n) => groupOf(rows.keys[n] as string));
  const [only] = groups.keys();
  if (groups.size === 1 && rows.ids.length <= most) return [[only as Group, rows]];
  const starts = startsOf(rows.lengths);
  return [...groups].flatMap(([group, places]) =>
    Array.from({ length: Math.ceil(places.length / most) }, (_, n): [Group, PackedRows] => [
      group,
      takeRows(rows, places.slice(n * most, (n + 1) * most), starts),
    ]),
  );
}

/** Each row by itself. */
export function singleRows(rows: PackedRows): PackedRows[] {
  const starts = startsOf(rows.lengths);
  return rows.ids.map((_, n) => takeRows(rows, [n], starts));
}

function takeRows({ ids, keys, lengths, features }: PackedRows, places: readonly number[], starts: readonly number[]): PackedRows {
  const lengthOf = (n: number): number => lengths[n] as number;
  return {
    ids: places.map((n) => ids[n] as number),
    keys: places.map((n) => keys[n] as string),
    lengths: places.map(lengthOf),
    features: joinFeatures(places.map((n) => ({ features: features.subarray(starts[n], (starts[n] as number) + lengthOf(n)) }))),
  };
}

function startsOf(lengths: readonly number[]): number[] {
  let next = 0;
  return lengths.map((length) => {
    const start = next;
    next += length;
    return start;
  });
}

export function unpackScores({ ids, score, contribution }: PackedScores): { id: number; reply: ScoreReply }[] {
  const width = contribution.length / ids.length;
  return ids.map((id, n) => {
    const reply = { score: score[n] ?? Number.NaN, contribution: contribution.subarray(n * width, (n + 1) * width) };
    return { id, reply };
  });
}
