/** From one moment to another, ms. */
export type Span = { readonly startMs: number; readonly endMs: number };

/** Whether two spans share more than a moment. */
export const isOverlap = (a: Span, b: Span): boolean => a.startMs < b.endMs && b.startMs < a.endMs;
