// What a check of `doctor` found. `skip`: it could not be looked at, and nothing follows from that.
export type Verdict = "ok" | "warn" | "fail" | "skip";

export type Finding = {
  /** What was looked at, in a word or two. */
  readonly check: string;
  readonly verdict: Verdict;
  /** What was found, in one line. */
  readonly found: string;
  /** What to do; null where nothing is to be done. */
  readonly next: string | null;
};

export const ok = (check: string, found: string): Finding => ({ check, verdict: "ok", found, next: null });
export const skip = (check: string, found: string): Finding => ({ check, verdict: "skip", found, next: null });
export const warn = (check: string, found: string, next: string): Finding => ({ check, verdict: "warn", found, next });
export const fail = (check: string, found: string, next: string): Finding => ({ check, verdict: "fail", found, next });
