// What was refused, with its reason and its beginning: once each, and the newest 10,000 of them.
import { createHash } from "node:crypto";
import type { ParsedTopic } from "@millwright/contract/topics";
import type { Tx } from "../store/store.ts";
import type { Refused } from "./parse-batch.ts";

export const maxDeadLetters = 10_000;

export type DeadLetter = { topic: string; from: ParsedTopic | null; epoch: string | null; refused: Refused; bytes: number; wallMs: number };

/** Keeps dead letters; one that is there already is passed over. @returns how many were new. */
export async function keepDeadLetters(tx: Tx, letters: readonly DeadLetter[]): Promise<number> {
  let kept = 0;
  for (const letter of letters) {
    const { topic, from, epoch, refused, bytes, wallMs } = letter;
    const { seq, code, reason, excerpt } = refused;
    const row = await tx
      .insertInto("dead_letters")
      .values({
        tenant: from?.tenant ?? null,
        agent: from?.agent ?? null,
        epoch,
        lane: from?.kind === "up" ? from.lane : null,
        seq,
        identity: identityOf(letter),
        topic,
        code,
        reason,
        bytes,
        excerpt,
        wall_ms: wallMs,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returning("no")
      .executeTakeFirst();
    if (row === undefined) continue;
    kept++;
    await tx
      .deleteFrom("dead_letters")
      .where("no", "<=", row.no - maxDeadLetters)
      .execute();
  }
  return kept;
}

function identityOf({ topic, epoch, refused, bytes }: DeadLetter): string {
  if (epoch !== null && refused.seq !== null) return `${topic} ${epoch} ${refused.seq}`;
  return `${topic} ${createHash("sha256").update(`${bytes} ${refused.excerpt}`).digest("hex")}`;
}
