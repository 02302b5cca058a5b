// Files and folders that cannot be read: why, in words; and those that a person named on a command line, looked for before anything else is done.
import { statSync } from "node:fs";
import { requiredOption, UsageError, type Values } from "./command-line.ts";

const words: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
  EISDIR: "is a folder, not a file",
  ENOTDIR: "is a file, not a folder",
};

/** What follows a path that the operating system refused: `does not exist`. */
export function fileTrouble(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return words[code ?? ""] ?? `cannot be read (${code ?? String(error)})`;
}

/** @param advice what to do where there is no such file, as a sentence. @returns the path. @throws UsageError */
export const namedFile = (path: string, advice: string): string => named(path, "file", advice);

/** The same for a folder. */
export const namedFolder = (path: string, advice: string): string => named(path, "folder", advice);

/** The file of an option that must be there. @throws UsageError */
export function fileOption(values: Values, name: string): string {
  return namedFile(requiredOption(values, name), `Give --${name} the path of a file that does.`);
}

/** The same for a folder. */
export function folderOption(values: Values, name: string): string {
  return namedFolder(requiredOption(values, name), `Give --${name} the path of a folder that does.`);
}

function named(path: string, kind: "file" | "folder", advice: string): string {
  const stat = statOf(path);
  if (typeof stat === "string") throw new UsageError(`${path} ${stat}. ${advice}`);
  if (kind === "folder" && !stat.isDirectory()) throw new UsageError(`${path} is a file, not a folder. ${advice}`);
  if (kind === "file" && stat.isDirectory()) throw new UsageError(`${path} is a folder, not a file. ${advice}`);
  return path;
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    return fileTrouble(error);
  }
}
