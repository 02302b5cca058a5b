import { messageOf } from "@millwright/kit/fault";
import type { FromModelThread, ModelError } from "./model-messages.ts";

/** A run that failed spoils no row but those that fail alone, too. @param error of the run; of the row where it was one @param again runs one row */
export async function eachAlone<Row>(
  rows: readonly Row[],
  ids: readonly number[],
  error: unknown,
  again: (row: Row) => Promise<FromModelThread>,
): Promise<FromModelThread> {
  const [id, ...others] = ids;
  if (id !== undefined && others.length === 0) return [{ id, error: modelErrorOf(error) }];
  return (await Promise.all(rows.map(again))).flat();
}

/** As it crosses the thread. */
export function modelErrorOf(error: unknown): ModelError {
  const { code, detail } = (typeof error === "object" && error !== null ? error : {}) as { code?: string; detail?: string };
  return { code: code ?? "session_failed", detail: detail ?? messageOf(error) };
}
