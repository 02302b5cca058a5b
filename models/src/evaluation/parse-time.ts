// The text of a point in time, as histories, events and command lines have it → Unix milliseconds. Pure.

/** For messages. */
export const timeExample = "2020-03-09 10:14:33";

const dateTime = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

/** `2020-03-09 10:14:33`, `2020-03-09T10:14:33.250Z`, `2020-03-09`; without a zone it is UTC. @returns Unix ms, NaN where it is no such time */
export function parseTimeMs(text: string): number {
  const match = dateTime.exec(text.trim());
  return match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2] ?? "00:00"}${match[3] ?? "Z"}`);
}
