/** The agent runs no more rows than this at once: a graph was vetted for so many. */
export const maxBatchRows = 256;
