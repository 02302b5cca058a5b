import type { Tx } from "./store.ts";

/** Counts this transaction as one commit. @returns its number; grows by one each, with the store. */
export async function nextCommit(tx: Tx): Promise<number> {
  const row = await tx
    .updateTable("store")
    .set((column) => ({ commit_no: column("commit_no", "+", 1) }))
    .returning("commit_no")
    .executeTakeFirstOrThrow();
  return row.commit_no;
}
