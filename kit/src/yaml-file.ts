// A YAML file, checked against a schema: the value, or every mistake as file:line:column with what to do. Reads, never writes.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import * as v from "valibot";
import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument, type Range } from "yaml";
import { describeIssues } from "./describe-issues.ts";
import { fileTrouble } from "./file-trouble.ts";

/** One mistake in a file. `line` and `column` count from 1; null where the file could not be read at all. */
export type FileIssue = { file: string; line: number | null; column: number | null; message: string };

export type YamlFile<T> = { ok: true; value: T; locate: Locate } | { ok: false; issues: FileIssue[] };

/** What of a path is meant: its key, its value, or so many characters into the text of its value. */
export type Place = "key" | "value" | number;

/** Finds where a path of the value stands in the file; for checks that go beyond the schema. */
export type Locate = (path: readonly (string | number)[], message: string, on?: Place) => FileIssue;

const maxBytes = 4 * 1024 * 1024;
const tooLarge = `is larger than ${maxBytes} bytes. Is it the right file?`;

/** Reads and checks one file. Never throws for what is in the file. */
export function readYamlFile<S extends v.GenericSchema>(file: string, schema: S): YamlFile<v.InferOutput<S>> {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    return { ok: false, issues: [{ file, line: null, column: null, message: unreadable(error) }] };
  }
  return parseYaml(text, file, schema);
}

/** The same for text that is already there; `file` is only named in messages. */
export function parseYaml<S extends v.GenericSchema>(text: string, file: string, schema: S): YamlFile<v.InferOutput<S>> {
  if (Buffer.byteLength(text) > maxBytes) return { ok: false, issues: [{ file, line: 1, column: 1, message: tooLarge }] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number, message: string): FileIssue => {
    const { line, col } = lines.linePos(Math.min(offset, Math.max(0, text.length - 1)));
    return { file, line: Math.max(1, line), column: Math.max(1, col), message };
  };
  // One slip of syntax makes a parser complain again on every line that follows: the first complaint is the mistake.
  const problem = [...document.errors, ...document.warnings][0];
  if (problem !== undefined) return { ok: false, issues: [at(problem.pos[0], yamlMessage(problem.code, problem.message))] };
  const locate: Locate = (path, message, on = "value") => at(offsetOf(document.contents, path, on, text), message);

  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    return { ok: false, issues: [at(0, `cannot be read: ${(error as Error).message}. Write aliases out.`)] };
  }
  if (raw === null || raw === undefined) return { ok: false, issues: [at(0, "is empty. Write the configuration into it.")] };
  const result = v.safeParse(schema, raw);
  if (result.success) return { ok: true, value: result.output, locate };
  const mistakes = describeIssues(result.issues, schema);
  return { ok: false, issues: inOrder(mistakes.map(({ path, message, on }) => locate(path, message, on))) };
}

// No more than tells that it is too much: a device such as /dev/zero has no end.
function readText(file: string): string {
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.allocUnsafe(Math.min(size || maxBytes, maxBytes) + 1);
    let length = 0;
    for (let got = -1; got !== 0 && length < bytes.length; length += got)
      got = readSync(descriptor, bytes, length, bytes.length - length, null);
    return bytes.toString("utf8", 0, length);
  } finally {
    closeSync(descriptor);
  }
}

/** `file:line:column  message`, as compilers print it, so that editors can jump there. */
export function formatIssue({ file, line, column, message }: FileIssue): string {
  return line === null ? `${file}  ${message}` : `${file}:${line}:${column}  ${message}`;
}

const advice: Readonly<Record<string, string>> = {
  ENOENT: " Give the path of a file that does.",
  EACCES: " Change its owner or mode.",
};

/** What follows the path of a file that could not be read, and what to do. */
export function unreadable(error: unknown): string {
  return `${fileTrouble(error)}.${advice[(error as NodeJS.ErrnoException).code ?? ""] ?? ""}`;
}

function yamlMessage(code: string, message: string): string {
  if (code === "DUPLICATE_KEY") return "this name stands here twice. Rename or remove one.";
  if (code === "TAB_AS_INDENT") return "indentation with a tab. Use spaces.";
  if (code === "MULTIPLE_DOCS") return "a second document begins here (---). Keep one document in the file.";
  const first = message.split("\n")[0] ?? message;
  return `not valid YAML: ${first}. Check indentation, colons and quotes.`;
}

function offsetOf(root: Node | null, path: readonly (string | number)[], on: Place, text: string): number {
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
  return typeof on === "number" ? offset + insideOf(node, on, text) : offset;
}

// Characters into a text on one line and without escapes; else its begin.
function insideOf(node: unknown, characters: number, text: string): number {
  if (!isScalar(node) || typeof node.value !== "string" || !node.range) return 0;
  const written = text.slice(node.range[0], node.range[1]);
  const quote = written.startsWith('"') || written.startsWith("'") ? 1 : 0;
  return written.slice(quote, written.length - quote) === node.value ? quote + characters : 0;
}

const startOf = (node: { range?: Range | null | undefined } | null | undefined): number => node?.range?.[0] ?? 0;

function inOrder(issues: FileIssue[]): FileIssue[] {
  const unique = [...new Map(issues.map((issue) => [formatIssue(issue), issue])).values()];
  return unique.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}
