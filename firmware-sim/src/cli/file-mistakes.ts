// Mistakes in the files a command was given: each as one line `file:line:column  message` on stderr, so that editors can jump there; exit code 3.
import { type Command, exitCode } from "@millwright/kit/command-line";
import { type FileIssue, formatIssue } from "@millwright/kit/yaml-file";

export class FileMistakes extends Error {
  readonly issues: readonly FileIssue[];

  constructor(issues: readonly FileIssue[]) {
    super(issues.map(formatIssue).join("\n"));
    this.name = "FileMistakes";
    this.issues = issues;
  }
}

/** What was read, where it is good. @throws FileMistakes */
export function goodFile<T extends { ok: true }>(read: T | { ok: false; issues: FileIssue[] }): T {
  if (!read.ok) throw new FileMistakes(read.issues);
  return read;
}

/** The same command, which tells FileMistakes instead of throwing them. */
export function tellingMistakes(run: Command["run"]): Command["run"] {
  return async (input) => {
    try {
      return await run(input);
    } catch (error) {
      if (!(error instanceof FileMistakes)) throw error;
      process.stderr.write(`${error.message}\n`);
      return exitCode.cannotStart;
    }
  };
}
