// A CEL expression over the points of a machine → something that can be evaluated, or what is wrong with it and where. All numbers are doubles: CEL
// itself is strict about whole numbers (1 / 2 is 0, power / 2 a type error), so whole numbers are read as doubles here. Only arithmetic, comparisons,
// conditions and the functions below: an expression costs what its length says, and cannot loop, call out or change anything.
// Language: https://github.com/google/cel-spec; why this library: docs/decisions/0007-derived-points-in-cel.md.
import { createRequire } from "node:module";
import type { ASTNode, Environment, ParseResult } from "@marcbachmann/cel-js";
import { counted } from "@millwright/kit/counted";
import { didYouMean } from "./config-report.ts";

export type CelExpression = {
  /** Points it uses, each once. */
  readonly uses: readonly string[];
  /** What it is: a number, or true or false. */
  readonly makes: "number" | "condition";
  /** `values` has every point it uses. True is 1, false is 0; NaN or infinite where there is no number. */
  readonly evaluate: (values: Readonly<Record<string, number>>) => number;
};

export type CompiledExpression =
  | { readonly ok: true; readonly expression: CelExpression }
  /** `at`: characters into the text. */
  | { readonly ok: false; readonly at: number; readonly message: string };

/** What can be called: how many numbers it takes, and what it makes of them. `least` and `most` are 1 and 1 where nothing is said. */
const functions: Readonly<Record<string, { least?: number; most?: number; of: (...numbers: number[]) => number }>> = {
  abs: { of: Math.abs },
  ceil: { of: Math.ceil },
  exp: { of: Math.exp },
  floor: { of: Math.floor },
  ln: { of: Math.log },
  log10: { of: Math.log10 },
  max: { least: 2, most: 4, of: Math.max },
  min: { least: 2, most: 4, of: Math.min },
  pow: { least: 2, most: 2, of: Math.pow },
  round: { of: Math.round },
  sqrt: { of: Math.sqrt },
};

const limits = { maxAstNodes: 200, maxDepth: 32, maxCallArguments: 4 };
/** Names of types (CEL specification, "Values"), and what the library keeps for itself: no point can be called so in an expression. */
const taken: readonly string[] = "bool bytes cel double google int list map null_type optional string type uint".split(" ");
const ofLanguage = "a word of the language itself. Give the point another name in its template";
const operators: readonly string[] = ["+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "&&", "||", "?:", "!_", "-_"];

/** @param known the names that stand for points; null where they are not all known, and any name will do. */
export function compileExpression(text: string, known: readonly string[] | null): CompiledExpression {
  const syntax = parse(text);
  if (!syntax.ok) return syntax;
  const found: Found = { names: new Set(), wholes: [] };
  const wrong = survey(syntax.parsed.ast, known, found);
  if (wrong !== null) return { ok: false, ...wrong };
  const uses = [...found.names];
  const doubles = asDoubles(text, found.wholes);
  const parsed = environment(uses).parse(doubles.text);
  const { valid, type = "", error } = parsed.check();
  if (!valid)
    return { ok: false, at: doubles.placeOf(error?.range?.start ?? 0), message: `cannot be computed: ${inWords(error?.summary ?? "")}.` };
  if (type !== "double" && type !== "bool") return { ok: false, at: 0, message: `makes a ${type}, and a point is a number.` };
  return {
    ok: true,
    expression: { uses, makes: type === "bool" ? "condition" : "number", evaluate: (values) => evaluate(parsed, values) },
  };
}

// "no such overload: bool * double" and the like.
function inWords(summary: string): string {
  const [, overload] = /^no such overload: (.*)$/.exec(summary) ?? [];
  if (overload === undefined) return summary;
  const named = overload.replaceAll("double", "number").replaceAll("bool", "condition");
  return `there is no ${named}. Write (a > b ? 1 : 0) to count with a condition`;
}

function evaluate(parsed: ParseResult, values: Readonly<Record<string, number>>): number {
  return Number(parsed(values));
}

const syntaxInWords = (summary: string): string =>
  summary.replace("Unexpected token: EOF", "it ends too early").replace(/^Reserved identifier: (\w+)$/, `"$1" is ${ofLanguage}`);

type Place = { readonly at: number; readonly message: string };
type Found = { readonly names: Set<string>; readonly wholes: ASTNode[] };

function parse(text: string): { ok: true; parsed: ParseResult } | ({ ok: false } & Place) {
  try {
    return { ok: true, parsed: environment([]).parse(text) };
  } catch (error) {
    const { summary = String(error), range } = error as { summary?: string; range?: { start: number } };
    return {
      ok: false,
      at: range?.start ?? 0,
      message: `is no expression: ${syntaxInWords(summary)}.`,
    };
  }
}

/** Collects points and whole numbers. @returns the first thing that has no place here, null where all is well. */
function survey(node: ASTNode, known: readonly string[] | null, found: Found): Place | null {
  const at = node.start;
  switch (node.op) {
    case "value":
      if (typeof node.args === "bigint") found.wholes.push(node);
      else if (typeof node.args !== "number" && typeof node.args !== "boolean")
        return {
          at,
          message: `holds ${node.input.slice(node.start, node.end)}, and only numbers, true and false can be used. Write a number.`,
        };
      return null;
    case "id":
      if (taken.includes(node.args)) return { at, message: `uses "${node.args}", which is ${ofLanguage}.` };
      if (known !== null && !known.includes(node.args))
        return { at, message: `uses "${node.args}", which is not a point of this machine. ${didYouMean(node.args, known)}` };
      found.names.add(node.args);
      return null;
    case "call": {
      const [name, given] = node.args;
      return wrongCall(name, given.length, at) ?? first(given, known, found);
    }
    default:
      if (!operators.includes(node.op)) return { at, message: `holds something that is not for numbers. ${whatCanBeUsed}` };
      return first([node.args].flat() as ASTNode[], known, found);
  }
}

const whatCanBeUsed = `Use points, numbers, + - * /, comparisons, && || !, a ? b : c, and ${Object.keys(functions).join(", ")}.`;

function first(nodes: readonly ASTNode[], known: readonly string[] | null, found: Found): Place | null {
  for (const node of nodes) {
    const wrong = survey(node, known, found);
    if (wrong !== null) return wrong;
  }
  return null;
}

function wrongCall(name: string, count: number, at: number): Place | null {
  const called = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (called === undefined) return { at, message: `calls ${name}(), which there is not. ${didYouMean(name, Object.keys(functions))}` };
  const { least = 1, most = 1 } = called;
  if (count >= least && count <= most) return null;
  return {
    at,
    message: `gives ${name}() ${counted(count, "number")}; it takes ${least === most ? least : `${least} to ${most}`}.`,
  };
}

/** Whole numbers written as doubles, hexadecimal ones in decimal; `placeOf` leads from a place in the new text to that in the old one. */
function asDoubles(text: string, wholes: readonly ASTNode[]): { text: string; placeOf: (at: number) => number } {
  const inOrder = wholes.toSorted((a, b) => a.start - b.start);
  const shifts: { from: number; by: number }[] = [];
  let [out, end] = ["", 0];
  for (const node of inOrder) {
    const number = `${BigInt(node.args as bigint)}.0`;
    out += text.slice(end, node.start) + number;
    shifts.push({ from: out.length, by: number.length - (node.end - node.start) });
    end = node.end;
  }
  const placeOf = (at: number): number => at - shifts.reduce((sum, { from, by }) => (at >= from ? sum + by : sum), 0);
  return { text: out + text.slice(end), placeOf };
}

// Loaded where the first expression is: it takes 8 MB, and most machines have none.
const require = createRequire(import.meta.url);

function environment(points: readonly string[]): Environment {
  const { Environment: Cel } = require("@marcbachmann/cel-js") as typeof import("@marcbachmann/cel-js");
  const cel = new Cel({ limits });
  for (const point of points) cel.registerVariable(point, "double");
  for (const [name, { least = 1, most = 1, of }] of Object.entries(functions)) {
    for (let count = least; count <= most; count++) cel.registerFunction(`${name}(${Array(count).fill("double").join(", ")}): double`, of);
  }
  return cel;
}
