// A YAML file, checked against a schema: the value, or every mistake as file:line:column with what to do. Reads, never writes.
import { readFileSync } from "node:fs";
import * as v from "valibot";
import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument, type Range } from "yaml";

/** One mistake in a file. `line` and `column` count from 1; null where the file could not be read at all. */
export type FileIssue = { file: string; line: number | null; column: number | null; message: string };

export type YamlFile<T> = { ok: true; value: T; locate: Locate } | { ok: false; issues: FileIssue[] };

/** Finds where a path of the value stands in the file; for checks that go beyond the schema. */
export type Locate = (path: readonly (string | number)[], message: string, on?: "key" | "value") => FileIssue;

const maxBytes = 4 * 1024 * 1024;

/** Reads and checks one file. Never throws for what is in the file. */
export function readYamlFile<S extends v.GenericSchema>(file: string, schema: S): YamlFile<v.InferOutput<S>> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return { ok: false, issues: [{ file, line: null, column: null, message: unreadable(error) }] };
  }
  return parseYaml(text, file, schema);
}

/** The same for text that is already there; `file` is only named in messages. */
export function parseYaml<S extends v.GenericSchema>(text: string, file: string, schema: S): YamlFile<v.InferOutput<S>> {
  if (text.length > maxBytes) return { ok: false, issues: [{ file, line: 1, column: 1, message: `is larger than ${maxBytes} bytes` }] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number, message: string): FileIssue => {
    const { line, col } = lines.linePos(Math.min(offset, Math.max(0, text.length - 1)));
    return { file, line: Math.max(1, line), column: Math.max(1, col), message };
  };
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) return { ok: false, issues: problems.map((e) => at(e.pos[0], yamlMessage(e.code, e.message))) };
  const locate: Locate = (path, message, on = "value") => at(offsetOf(document.contents, path, on), message);

  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    return { ok: false, issues: [at(0, `cannot be read: ${(error as Error).message}. Write aliases out.`)] };
  }
  if (raw === null || raw === undefined) return { ok: false, issues: [at(0, "is empty")] };
  const result = v.safeParse(schema, raw);
  if (result.success) return { ok: true, value: result.output, locate };
  return { ok: false, issues: inOrder(withoutEchoes(result.issues.flatMap(flatten)).map((issue) => describe(issue, schema, locate))) };
}

/** `file:line:column  message`, as compilers print it, so that editors can jump there. */
export function formatIssue({ file, line, column, message }: FileIssue): string {
  return line === null ? `${file}  ${message}` : `${file}:${line}:${column}  ${message}`;
}

/** The most similar known word, where one is near enough to be a slip of the finger. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const ranked = known.map((name) => ({ name, distance: editDistance(word, name) })).sort((a, b) => a.distance - b.distance);
  return ranked[0] !== undefined && ranked[0].distance <= limit ? ranked[0].name : undefined;
}

function unreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "does not exist. Give the path of a file that does.";
  if (code === "EACCES") return "may not be read by this user. Change its owner or mode.";
  if (code === "EISDIR") return "is a folder, not a file.";
  return `cannot be read (${code ?? String(error)}).`;
}

function yamlMessage(code: string, message: string): string {
  if (code === "DUPLICATE_KEY") return "this name stands here twice. Rename or remove one.";
  if (code === "TAB_AS_INDENT") return "indentation with a tab. Use spaces.";
  const first = message.split("\n")[0] ?? message;
  return `not valid YAML: ${first}. Check indentation, colons and quotes.`;
}

// Variants and unions nest their issues; the deepest ones say what to do.
function flatten(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown>[] {
  return issue.issues === undefined || issue.issues.length === 0 ? [issue] : issue.issues.flatMap(flatten);
}

// A required key with a slip in it is unknown and missing at once; the unknown one says what was meant.
function withoutEchoes(issues: readonly v.BaseIssue<unknown>[]): v.BaseIssue<unknown>[] {
  const pathOf = (issue: v.BaseIssue<unknown>): string[] => (issue.path ?? []).map((part) => String(part.key));
  const unknown = issues.filter(isUnknownKey).map(pathOf);
  const isEcho = (path: readonly string[]): boolean =>
    unknown.some(
      (other) =>
        other.slice(0, -1).join("\n") === path.slice(0, -1).join("\n") && nearest(other.at(-1) ?? "", [path.at(-1) ?? ""]) !== undefined,
    );
  return issues.filter((issue) => issue.received !== "undefined" || isUnknownKey(issue) || !isEcho(pathOf(issue)));
}

const isUnknownKey = (issue: v.BaseIssue<unknown>): boolean => issue.type === "strict_object" && issue.expected === "never";

function describe(issue: v.BaseIssue<unknown>, schema: v.GenericSchema, locate: Locate): FileIssue {
  const path = (issue.path ?? []).map((part) => part.key as string | number);
  const name = path.join(".") || "the file";
  if (isUnknownKey(issue)) {
    return locate(path, `unknown key "${path.at(-1)}"${didYouMean(String(path.at(-1)), keysAt(schema, path.slice(0, -1)))}`, "key");
  }
  if (issue.received === "undefined") return locate(path.slice(0, -1), `${name} is missing. Add it.`, "key");
  return locate(path, `${name} ${requirement(issue)}`, "value");
}

function requirement(issue: v.BaseIssue<unknown>): string {
  if (issue.message.startsWith("must ") || issue.message.startsWith("needs ")) return `${issue.message}, not ${received(issue)}`;
  return `must be ${expected(issue)}, not ${received(issue)}`;
}

const received = (issue: v.BaseIssue<unknown>): string =>
  typeof issue.input === "object"
    ? issue.received.replace(/^Object$/, "a mapping").replace(/^Array$/, "a list")
    : (JSON.stringify(issue.input) ?? issue.received);

function expected(issue: v.BaseIssue<unknown>): string {
  const words: Record<string, string> = {
    Object: "a mapping (name: value)",
    Array: "a list",
    string: "text",
    number: "a number",
    boolean: "true or false",
  };
  return issue.expected === null
    ? "something else"
    : (words[issue.expected] ?? issue.expected.replace(/^\((.*)\)$/, "$1").replaceAll(" | ", " or "));
}

type Schema = {
  entries?: Record<string, unknown>;
  options?: unknown[];
  item?: unknown;
  value?: unknown;
  wrapped?: unknown;
  pipe?: unknown[];
};

// The keys an object schema knows at a path.
function keysAt(schema: unknown, path: readonly (string | number)[]): string[] {
  const { entries, options, item, value, wrapped, pipe } = (schema ?? {}) as Schema;
  if (entries !== undefined) return path[0] === undefined ? Object.keys(entries) : keysAt(entries[path[0]], path.slice(1));
  if (options !== undefined) return [...new Set(options.flatMap((option) => keysAt(option, path)))];
  if (wrapped !== undefined) return keysAt(wrapped, path);
  if (item !== undefined || value !== undefined) return path[0] === undefined ? [] : keysAt(item ?? value, path.slice(1));
  return pipe !== undefined && pipe[0] !== schema ? keysAt(pipe[0], path) : [];
}

function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined) return `. Did you mean "${near}"?`;
  return known.length > 0 ? `. Known here: ${known.join(", ")}` : ". Remove it, or check its spelling and indentation.";
}

function offsetOf(root: Node | null, path: readonly (string | number)[], on: "key" | "value"): number {
  let node: unknown = root;
  let offset = startOf(root);
  for (const [depth, part] of path.entries()) {
    if (!isCollection(node)) break;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) break;
      const last = depth === path.length - 1;
      offset = last && on === "key" ? startOf(pair.key as Node) : startOf((pair.value ?? pair.key) as Node);
      node = pair.value;
    } else {
      node = node.items[Number(part)];
      offset = startOf(node as Node | null);
    }
  }
  return offset;
}

const startOf = (node: { range?: Range | null | undefined } | null | undefined): number => node?.range?.[0] ?? 0;

function inOrder(issues: FileIssue[]): FileIssue[] {
  const unique = [...new Map(issues.map((issue) => [formatIssue(issue), issue])).values()];
  return unique.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

// Optimal string alignment: insertion, deletion, substitution, and two neighbours swapped, each one slip of the finger.
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = isSwap ? (before[j - 2] as number) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min(substitution, swap, (previous[j] as number) + 1, (current[j - 1] as number) + 1));
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] as number;
}
