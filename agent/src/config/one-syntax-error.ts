// One slip of YAML syntax makes a parser complain again on every line that follows. Keeps the first complaint; all others are its echo. Pure.
import type { FileIssue } from "@millwright/kit/yaml-file";

/** Mistakes other than syntax are all kept. */
export function oneSyntaxError(issues: readonly FileIssue[]): readonly FileIssue[] {
  const isSyntax = ({ message }: FileIssue): boolean => message.startsWith("not valid YAML");
  const first = issues.find(isSyntax);
  return issues.filter((issue) => !isSyntax(issue) || issue === first);
}
