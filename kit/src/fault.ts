// Something wrong with our own system. The kind decides the reaction; the code leads to the line a technician reads.

/** retry: try again later · config: a person must change a setting · data: refuse this input, go on · bug: stop and tell us. */
export type FaultKind = "retry" | "config" | "data" | "bug";

/** One row of a program's fault table; docs/faults.md is generated from these. */
export type FaultRow = { kind: FaultKind; line: string; causes: string; next: string };
export type FaultTable = Readonly<Record<string, FaultRow>>;

export class Fault extends Error {
  readonly code: string;
  readonly kind: FaultKind;
  /** What exactly, in one line: which file, which address, which value. */
  readonly detail: string;

  constructor(code: string, kind: FaultKind, detail: string, cause?: unknown) {
    super(`${code}: ${detail}`, cause === undefined ? undefined : { cause });
    this.name = "Fault";
    this.code = code;
    this.kind = kind;
    this.detail = detail;
  }
}

/** Makes a program's one function for raising faults, bound to its table, so that a code without a row does not compile. */
export function faultsOf<T extends FaultTable>(table: T) {
  return (code: keyof T & string, detail: string, cause?: unknown): Fault => new Fault(code, (table[code] as FaultRow).kind, detail, cause);
}

/** The text of anything thrown, for a log line or a detail. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
