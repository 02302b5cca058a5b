// Collects what is wrong with a configuration, each mistake with its place.
import { nearest } from "@millwright/kit/nearest";
import type { FileIssue, Locate, Place } from "@millwright/kit/yaml-file";

export type Path = readonly (string | number)[];

export type ConfigReport = {
  readonly issues: FileIssue[];
  /** Legal, but probably not what was meant. */
  readonly warnings: FileIssue[];
  /** Adds a mistake at a path of the file. */
  error(path: Path, message: string, on?: Place): void;
  warn(path: Path, message: string, on?: Place): void;
};

export function configReport(locate: Locate): ConfigReport {
  const issues: FileIssue[] = [];
  const warnings: FileIssue[] = [];
  const text = (path: Path, message: string): string => `${path.join(".")} ${message}`;
  return {
    issues,
    warnings,
    error: (path, message, on) => issues.push(locate(path, text(path, message), on)),
    warn: (path, message, on) => warnings.push(locate(path, `warning: ${text(path, message)}`, on)),
  };
}

/** The same report, but silent about places where a mistake is told already, what is within them and what holds them: there it only follows. */
export function besides(report: ConfigReport, at: Path, told: readonly Path[]): ConfigReport {
  const places = told.map((place) => [...at, ...place]);
  const follows = (path: Path): boolean => places.some((place) => place.every((part, i) => i >= path.length || part === path[i]));
  return {
    ...report,
    error: (path, message, on) => follows(path) || report.error(path, message, on),
    warn: (path, message, on) => follows(path) || report.warn(path, message, on),
  };
}

/** The end of a message about an unknown name. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== undefined) return `Did you mean "${near}"?`;
  return known.length === 0 ? "There are none yet." : `Known here: ${known.slice(0, 12).join(", ")}${known.length > 12 ? ", …" : ""}.`;
}
