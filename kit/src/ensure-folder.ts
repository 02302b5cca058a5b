import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it that are missing, for its owner only, one by one: Node's own recursive mkdir never ends where a
 * parent refuses with ENOENT (measured: /proc/nope). @throws the system's error where it cannot be made or written.
 */
export function ensureFolder(folder: string): void {
  const missing: string[] = [];
  let at = resolve(folder);
  while (!existsSync(at)) {
    missing.push(at);
    at = dirname(at);
  }
  for (const one of missing.reverse()) make(one);
  if (!statSync(folder).isDirectory()) throw new Error(`${folder} is a file, not a folder`);
  accessSync(folder, constants.W_OK | constants.X_OK);
}

// Another process may have made it in between.
function make(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
