// The first rows of a query. In place of `LIMIT ?`: SQLite looks at the value of a bound limit when it plans, and compiles the statement anew with every
// run (https://sqlite.org/c3ref/prepare.html, on the values of host parameters); that was a twelfth of the outbox thread's time.

/** @param rows of `StatementSync.iterate()`; what lies behind the first `n` is not read */
export function* firstOf<T>(n: number, rows: Iterable<unknown>): Generator<T> {
  let left = n;
  if (left <= 0) return;
  for (const row of rows) {
    yield row as T;
    left -= 1;
    if (left === 0) return;
  }
}
