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

export function unpackRows({ ids, keys, lengths, features }: PackedRows): ScoreRow[] {
  let at = 0;
  return ids.map((id, n) => {
    const from = at;
    at += lengths[n] as number;
    return { id, request: { kind: "score", key: keys[n] as string, features: features.subarray(from, at) } };
  });
}

export function unpackScores({ ids, score, contribution }: PackedScores): { id: number; reply: ScoreReply }[] {
  const width = contribution.length / ids.length;
  return ids.map((id, n) => {
    const reply = { score: score[n] ?? Number.NaN, contribution: contribution.subarray(n * width, (n + 1) * width) };
    return { id, reply };
  });
}
