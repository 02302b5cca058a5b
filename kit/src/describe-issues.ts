// What a schema complains of, in words a technician can act on: where in the value, what is wrong, what would be right. Pure.
import * as v from "valibot";
import { nearest } from "./nearest.ts";

type Issue = v.BaseIssue<unknown>;
type Path = readonly (string | number)[];

/** `on`: whether the name or what stands behind it is wrong. */
export type Mistake = { path: Path; message: string; on: "key" | "value" };

export function describeIssues(issues: readonly Issue[], schema: v.GenericSchema): Mistake[] {
  const all = issues.flatMap(flatten).flatMap((issue) => (isUnknownKey(issue) ? allUnknown(issue, schema) : [issue]));
  return withoutEchoes(all).map((issue) => describe(issue, schema));
}

// Of the unknown keys of a mapping, valibot tells the first alone.
function allUnknown(issue: Issue, schema: v.GenericSchema): Issue[] {
  const path = issue.path ?? [];
  const [last] = path.slice(-1);
  const input = last?.input;
  if (last === undefined || typeof input !== "object" || input === null) return [issue];
  const known = knownBeside(issue, schema);
  const others = Object.keys(input).filter((key) => key !== last.key && !known.includes(key));
  const at = (key: string): unknown => [...path.slice(0, -1), { ...last, key }];
  return [issue, ...others.map((key): Issue => ({ ...issue, input: key, path: at(key) as NonNullable<Issue["path"]> }))];
}

const knownBeside = (issue: Issue, schema: v.GenericSchema): string[] =>
  keysOf(objectsAt(schema, pathOf(issue).slice(0, -1)), issue.path?.at(-1)?.input);

// Variants and unions nest their issues; the deepest ones say what to do.
function flatten(issue: Issue): Issue[] {
  if (issue.issues === undefined || issue.issues.length === 0) return [issue];
  return issue.type === "union" ? ofUnion(issue, issue.issues) : issue.issues.flatMap(flatten);
}

// Only an option that has the right shape says more than "one of these"; its places are within the union's.
function ofUnion(union: Issue, options: readonly Issue[]): Issue[] {
  // To an object schema a list is an object without its keys.
  const isList = Array.isArray(union.input);
  const telling = options.filter(({ path, kind }) => (path === undefined ? kind !== "schema" : (path[0].type === "array") === isList));
  if (telling.length === 0) {
    const { issues: _, ...own } = union;
    return [own];
  }
  const from = union.path ?? [];
  return telling
    .map((issue): Issue => ({ ...issue, path: [...from, ...(issue.path ?? [])] as NonNullable<Issue["path"]> }))
    .flatMap(flatten);
}

// A required key with a slip in it is unknown and missing at once; the unknown one says what was meant.
function withoutEchoes(issues: readonly Issue[]): Issue[] {
  const unknown = issues.filter(isUnknownKey).map(pathOf);
  const isEcho = (path: Path): boolean =>
    unknown.some(
      (other) =>
        other.slice(0, -1).join("\n") === path.slice(0, -1).join("\n") &&
        nearest(String(other.at(-1)), [String(path.at(-1))]) !== undefined,
    );
  return issues.filter((issue) => issue.received !== "undefined" || isUnknownKey(issue) || !isEcho(pathOf(issue)));
}

const isUnknownKey = (issue: Issue): boolean => issue.type === "strict_object" && issue.expected === "never";

const pathOf = (issue: Issue): (string | number)[] => (issue.path ?? []).map((part) => part.key as string | number);

function describe(issue: Issue, schema: v.GenericSchema): Mistake {
  const path = pathOf(issue);
  const name = path.join(".") || "the file";
  if (isUnknownKey(issue)) {
    const key = String(path.at(-1));
    return { path, message: `unknown key "${key}"${didYouMean(key, knownBeside(issue, schema))}`, on: "key" };
  }
  if (issue.received === "undefined") return { path: path.slice(0, -1), message: `${name} is missing. Add it.`, on: "key" };
  return { path, message: `${name} ${requirement(issue)}`, on: "value" };
}

function requirement(issue: Issue): string {
  const text = ownWords(issue) ?? `must be ${expected(issue)}`;
  return text.startsWith("must not") || isLength(issue) || isOfWhole(issue) ? text : `${text}, not ${received(issue)}`;
}

const isLength = ({ type }: Issue): boolean => type === "min_length" || type === "max_length";

// A schema's own message, or plain words for the limits that have none.
function ownWords(issue: Issue): string | undefined {
  if (issue.message.startsWith("must ") || issue.message.startsWith("needs ")) return issue.message;
  const limit = String((issue as { requirement?: unknown }).requirement);
  const words: Record<string, string> = {
    min_value: `must be ${limit} or more`,
    max_value: `must be ${limit} or less`,
    gt_value: `must be more than ${limit}`,
    lt_value: `must be less than ${limit}`,
    min_length: `needs ${limit} or more`,
    max_length: `must have ${limit} or fewer`,
    integer: "must be a whole number",
    safe_integer: "must be a whole number",
  };
  return words[issue.type];
}

// A check of how the parts of a mapping or list go together: that it is one tells nobody anything.
const isOfWhole = ({ type, input }: Issue): boolean => type === "check" && typeof input === "object";

function received(issue: Issue): string {
  const { input } = issue;
  if (typeof input === "object") return issue.received.replace(/^Object$/, "a mapping").replace(/^Array$/, "a list");
  return typeof input === "number" ? String(input) : (JSON.stringify(input) ?? issue.received);
}

function expected({ expected }: Issue): string {
  const words: Record<string, string> = {
    Object: "a mapping (name: value)",
    Array: "a list",
    string: "text",
    number: "a number",
    boolean: "true or false",
  };
  if (expected === null) return "something else";
  const options = expected.replaceAll(/[()]/g, "").split(" | ");
  return options.map((option) => words[option] ?? option).join(" or ");
}

type Schema = {
  entries?: Record<string, v.GenericSchema>;
  options?: unknown[];
  item?: unknown;
  value?: unknown;
  wrapped?: unknown;
  pipe?: unknown[];
};

// The object schemas that may stand at a path: one, or several where a variant stands there.
function objectsAt(schema: unknown, path: Path): Record<string, v.GenericSchema>[] {
  const { entries, options, item, value, wrapped, pipe } = (schema ?? {}) as Schema;
  if (entries !== undefined) return path[0] === undefined ? [entries] : objectsAt(entries[path[0]], path.slice(1));
  if (Array.isArray(options) && typeof options[0] === "object") return options.flatMap((option) => objectsAt(option, path));
  if (wrapped !== undefined) return objectsAt(wrapped, path);
  if (item !== undefined || value !== undefined) return path[0] === undefined ? [] : objectsAt(item ?? value, path.slice(1));
  return pipe !== undefined && pipe[0] !== schema ? objectsAt(pipe[0], path) : [];
}

// Of a variant only the option counts whose fixed words are those of the object.
function keysOf(objects: readonly Record<string, v.GenericSchema>[], input: unknown): string[] {
  const given = (typeof input === "object" && input !== null ? input : {}) as Record<string, unknown>;
  const isFixed = (schema: v.GenericSchema): boolean => schema.type === "literal" || schema.type === "picklist";
  const fits = (entries: Record<string, v.GenericSchema>): boolean =>
    Object.entries(entries).every(([key, schema]) => !isFixed(schema) || !Object.hasOwn(given, key) || v.is(schema, given[key]));
  const fitting = objects.filter(fits);
  return [...new Set((fitting.length > 0 ? fitting : objects).flatMap(Object.keys))];
}

function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined && near !== word) return `. Did you mean "${near}"?`;
  return known.length > 0 ? `. Known here: ${known.join(", ")}` : ". Remove it, or check its spelling and indentation.";
}
