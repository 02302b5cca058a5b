// A value with mistakes → the same without what its schema complains of, and where that stood: the rest can be checked further. Pure.
import * as v from "valibot";
import type { Path } from "./config-report.ts";

export type Salvaged<T> = {
  readonly value: T;
  /** What was taken out, or stands there only so that the schema is content. Empty where the value was good. */
  readonly wrong: readonly Path[];
};

/** Something good for a place without which a schema is not content; lists are counted as `*`: `reads.*.every`. */
export type StandIns = Readonly<Record<string, unknown>>;

/** More slips than that in one machine: it is not looked at further. */
const mostRounds = 50;

/** @returns null where nothing is left to be checked. */
export function salvage<S extends v.GenericSchema>(schema: S, raw: unknown, standIns: StandIns = {}): Salvaged<v.InferOutput<S>> | null {
  const rest = structuredClone(raw);
  const wrong: Path[] = [];
  for (let round = 0; round < mostRounds; round++) {
    const result = v.safeParse(schema, rest);
    if (result.success) return { value: result.output, wrong };
    for (const { path = [] } of result.issues) {
      const place = path.map(({ key }) => key as string | number);
      wrong.push(place);
      if (!replace(rest, place, standIns) && !takeOut(rest, place)) return null;
    }
  }
  return null;
}

function replace(root: unknown, path: Path, standIns: StandIns): boolean {
  const pattern = path.map((part) => (typeof part === "number" ? "*" : part)).join(".");
  const container = at(root, path.slice(0, -1));
  const key = path.at(-1);
  if (!Object.hasOwn(standIns, pattern) || container === null || key === undefined) return false;
  container[key] = structuredClone(standIns[pattern]);
  return true;
}

// Items of a list are not taken out one by one, the others would stand elsewhere then; and a mapping that lost all it had goes, too.
function takeOut(root: unknown, path: Path): boolean {
  for (let depth = path.length; depth > 0; depth--) {
    const container = at(root, path.slice(0, depth - 1));
    const key = path[depth - 1] as string | number;
    if (container === null || Array.isArray(container) || !Object.hasOwn(container, key)) continue;
    delete container[key];
    if (Object.keys(container).length > 0 || depth === 1) return true;
  }
  return path.length > 0;
}

function at(root: unknown, path: Path): Record<string | number, unknown> | null {
  let node = root;
  for (const part of path) node = typeof node === "object" && node !== null ? (node as Record<string | number, unknown>)[part] : null;
  return typeof node === "object" && node !== null ? (node as Record<string | number, unknown>) : null;
}
