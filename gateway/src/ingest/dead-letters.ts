// What was refused, with its reason and its beginning: once each, and the newest 10,000 of them.
import type { ParsedTopic } from "@millwright/contract/topics";
import type { Tx } from "../store/store.ts";
import type { Refused } from "./parse-batch.ts";

export const maxDeadLetters = 10_000;
const rowsPerStatement = 500;

export type DeadLetter = { topic: string; from: ParsedTopic | null; epoch: string | null; refused: Refused; bytes: number; wallMs: number };

/** Keeps dead letters; one that is there already is passed over. @returns how many were new. */
export async function keepDeadLetters(tx: Tx, letters: readonly DeadLetter[]): Promise<number> {
  if (letters.length === 0) return 0;
  const rows = letters.map((letter) => {
    const { topic, from, epoch, refused, bytes, wallMs } = letter;
    const { seq, code, reason, excerpt } = refused;
    const sender = { tenant: from?.tenant ?? null, agent: from?.agent ?? null, lane: from?.kind === "up" ? from.lane : null };
    return { ...sender, epoch, seq, identity: identityOf(letter), topic, code, reason, bytes, excerpt, wall_ms: wallMs };
  });
  let kept = 0;
  for (let at = 0; at < rows.length; at += rowsPerStatement) {
    const slice = rows.slice(at, at + rowsPerStatement);
    kept += (
      await tx
        .insertInto("dead_letters")
        .values(slice)
        .onConflict((conflict) => conflict.doNothing())
        .returning("no")
        .execute()
    ).length;
  }
  if (kept > 0)
    await tx
      .deleteFrom("dead_letters")
      .where("no", "<=", (e) =>
        e.selectFrom("dead_letters").select((max) => max(max.fn.max("no"), "-", max.lit(maxDeadLetters)).as("oldest")),
      )
      .execute();
  return kept;
}

// A record that gave its number is known by it; anything else by its whole content.
function identityOf({ topic, epoch, refused: { seq, digest } }: DeadLetter): string {
  return epoch !== null && seq !== null ? `${topic} ${epoch} ${seq}` : `${topic} ${digest}`;
}
