// A file that holds a secret: it is there, and nobody else can read it.
import { statSync } from "node:fs";

/** @param what is in it, e.g. "the password". @returns what is wrong and what to do, null where all is well. */
export function wrongSecretFile(file: string, what: string): string | null {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return `does not exist. Write ${what} into it, then: chmod 600.`;
  if (!stat.isFile()) return "is not a file.";
  // stat(2): the mode's last three bits are what everybody may do.
  return (stat.mode & 0o007) === 0 ? null : `may be read by everybody on this box. Run: chmod 600, and change ${what}.`;
}
