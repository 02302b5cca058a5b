// What every program's command line has: sub-commands, --help, --json, stable exit codes. Parsing is node:util's parseArgs.
import { setImmediate } from "node:timers/promises";
import { type ParseArgsOptionDescriptor, parseArgs } from "node:util";
import { Fault, messageOf } from "./fault.ts";
import { nearest } from "./nearest.ts";

/** 0 ok · 1 degraded, or a check failed · 2 usage · 3 cannot start. */
export const exitCode = { ok: 0, failed: 1, usage: 2, cannotStart: 3 } as const;

export type Option = ParseArgsOptionDescriptor & {
  /** One line for --help. */ help: string /** What stands for the value, e.g. FILE. */;
  value?: string;
};
export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;

export type Command = {
  summary: string;
  /** Words after the command, e.g. `DIR`; for the usage line. */
  words?: string;
  options: Record<string, Option>;
  /** What a person would type, for --help; without the program's and the command's name. */
  examples?: readonly string[];
  /** @returns an exit code. A thrown UsageError prints the usage; a Fault its line; anything else is a bug. */
  run: (input: { values: Values; words: string[]; isJson: boolean }) => Promise<number>;
};

export type Program = { name: string; summary: string; commands: Record<string, Command> };

/** The command line was wrong; the message says how to put it right. */
export class UsageError extends Error {}

/** Runs one program to its exit code. Documents go to stdout; progress, help on errors and faults to stderr. */
export async function runProgram(program: Program, argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    (name === undefined ? process.stderr : process.stdout).write(programHelp(program));
    return name === undefined ? exitCode.usage : exitCode.ok;
  }
  const command = Object.hasOwn(program.commands, name) ? program.commands[name] : undefined;
  if (command === undefined) {
    const meant = didYouMean(name, Object.keys(program.commands));
    return complain(`${program.name}: there is no command "${name}".${meant}\n\n${programHelp(program)}`, exitCode.usage);
  }
  return runCommand(`${program.name} ${name}`, command, rest);
}

/** Runs a program that has no sub-commands to its exit code; `name` is what a person types to call it. */
export async function runCommand(name: string, command: Command, argv: readonly string[]): Promise<number> {
  const trouble = outputTrouble();
  const status = await statusOf(name, command, argv);
  // Whether a file took what was written is known a tick later.
  await setImmediate();
  return trouble.first === null ? status : complain(`${name}: the output cannot be written: ${trouble.first}\n`, exitCode.cannotStart);
}

async function statusOf(name: string, command: Command, argv: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { ...command.options, ...common },
      allowPositionals: true,
      strict: true,
    });
    if (values["help"] === true) {
      process.stdout.write(commandHelp(name, command));
      return exitCode.ok;
    }
    if (positionals.length > 0 && command.words === undefined) throw new UsageError(`unexpected word "${positionals[0]}"`);
    return await command.run({ values: values as Values, words: positionals, isJson: values["json"] === true });
  } catch (error) {
    if (error instanceof UsageError || isParseError(error)) {
      return complain(`${name}: ${usageText(error, command)}\n\n${usageLine(name, command)}\n${name} --help says more.\n`, exitCode.usage);
    }
    if (error instanceof Fault) return complain(`${name}: ${error.detail} [${error.code}]\n`, exitCode.cannotStart);
    if (isSystemError(error)) return complain(`${name}: ${error.message}\n`, exitCode.cannotStart);
    throw error;
  }
}

/** A number from an option. @throws UsageError */
export function numberOption(values: Values, name: string, { min, max, fallback }: { min: number; max: number; fallback: number }): number {
  const text = values[name];
  if (text === undefined) return fallback;
  const number = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max)) throw new UsageError(`--${name} must be a number from ${min} to ${max}, not "${String(text)}"`);
  return number;
}

/** A text option that must be there. @throws UsageError */
export function requiredOption(values: Values, name: string): string {
  const text = values[name];
  if (typeof text !== "string" || text === "") throw new UsageError(`--${name} is missing`);
  return text;
}

const common = {
  help: { type: "boolean", short: "h", help: "this text" },
  json: { type: "boolean", help: "machine-readable output on stdout" },
} as const satisfies Record<string, Option>;

function programHelp({ name, summary, commands }: Program): string {
  const rows = Object.entries(commands).map(([command, { summary }]) => [command, summary] as const);
  return `${summary}\n\nUsage: ${name} <command> [options]\n\n${table(rows)}\n\n${name} <command> --help says more.\nExit codes: 0 ok, 1 degraded or failed check, 2 usage, 3 cannot start.\n`;
}

function commandHelp(name: string, command: Command): string {
  const rows = Object.entries({ ...command.options, ...common }).map(
    ([option, { help, value, type }]: [string, Option]) => [`--${option}${type === "string" ? ` ${value ?? "VALUE"}` : ""}`, help] as const,
  );
  const examples = (command.examples ?? []).map((example) => `  ${name} ${example}`.trimEnd().concat("\n")).join("");
  return `${wrap(command.summary, columns()).join("\n")}\n\n${usageLine(name, command)}\n\n${table(rows)}\n${examples === "" ? "" : `\nFor example:\n${examples}`}`;
}

const usageLine = (name: string, { words }: Command): string => `Usage: ${name}${words === undefined ? "" : ` ${words}`} [options]`;

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  const indent = `\n${" ".repeat(width + 4)}`;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${wrap(right, columns() - width - 4).join(indent)}`).join("\n");
}

const columns = (): number => Math.max(60, process.stdout.columns ?? 80);

/** Breaks a text at its spaces into lines of at most `width` characters, where its words allow it. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

// Where the other end of a pipe has seen enough (`doctor | head`) the rest goes nowhere. Anything else must not look like success; and yet it ends no
// program: an agent whose log lies on a full disk goes on.
function outputTrouble(): { first: string | null } {
  const trouble: { first: string | null } = { first: null };
  for (const out of [process.stdout, process.stderr])
    out.on("error", ({ code, message }: NodeJS.ErrnoException) => {
      if (code !== "EPIPE") trouble.first ??= message;
    });
  return trouble;
}

function complain(text: string, code: number): number {
  process.stderr.write(text);
  return code;
}

// The operating system refused something (a folder that may not be written, a port that is taken): its line says which.
const isSystemError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && "syscall" in error && "code" in error;

// Of an option that is not there parseArgs also says how to pass a word that begins with a dash; what one meant helps more.
function usageText(error: Error, { options }: Command): string {
  const [, option] = /^Unknown option '(-[^']+)'/.exec(error.message) ?? [];
  if (option === undefined) return messageOf(error);
  const known = Object.keys({ ...options, ...common }).map((one) => `--${one}`);
  return `there is no option ${option}.${didYouMean(option, known)}`;
}

function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === undefined ? "" : ` Did you mean ${near}?`;
}

const isParseError = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
