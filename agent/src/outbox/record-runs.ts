// Records of a lane, numbered one after the other, as one row of the database: their bodies joined by newlines. Pure.

/** `text`: bodies (JSON objects, in which a newline never stands raw) joined by newlines. */
export type BodyRun = { records: number; text: string };

/** Of a run: room is made a run at a time, and whoever needs a part of one reads all of it. */
export const maxRunRecords = 64;
/** As a text's `length` counts them. A body that alone is longer is a run of its own: no record that is too large for a message has company. */
const maxRunCharacters = 64 * 1024;

export function runsOfBodies(bodies: readonly string[]): BodyRun[] {
  const runs: BodyRun[] = [];
  let [from, characters] = [0, 0];
  for (const [at, body] of bodies.entries()) {
    const isFull = at - from === maxRunRecords || characters + body.length > maxRunCharacters;
    if (isFull && at > from) {
      runs.push(runOf(bodies.slice(from, at)));
      [from, characters] = [at, 0];
    }
    characters += body.length;
  }
  if (from < bodies.length) runs.push(runOf(bodies.slice(from)));
  return runs;
}

export const runOf = (bodies: readonly string[]): BodyRun => ({ records: bodies.length, text: bodies.join("\n") });
export const bodiesOf = (text: string): string[] => text.split("\n");
