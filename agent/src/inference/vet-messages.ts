// What the vetting child is asked and what it answers.

export type VetRequest = { folder: string /** Public key and its owner's name. */; keys: [string, string][] };

/** `bundleSha256`: of what was vetted. */
export type Verdict = { ok: true; bundleSha256: string } | { ok: false; reason: string };

/** First line of the child: it runs, and nothing of the bundle was touched yet. */
export const started = "vetting";
