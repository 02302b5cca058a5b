// The declared grid of `train --auto`: what may be tried, and nothing else. Small on purpose: a free choice does not carry over to other rows
// (docs/decisions/0006-first-detector.md).

/** `rows`: which of the rows before the judged block teach. `limitFactor`: times the limits that learning sets. */
export type LearningChoice = { readonly rows: "all" | "last_half"; readonly limitFactor: number };

export const learningGrid: readonly LearningChoice[] = (["all", "last_half"] as const).flatMap((rows) =>
  [1, 0.8, 1.25, 1.5, 2].map((limitFactor) => ({ rows, limitFactor })),
);
