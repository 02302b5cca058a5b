const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Day and time, as this phone writes them. */
export const timeText = (ms: number): string => format.format(new Date(ms));
