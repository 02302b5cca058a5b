import { UsageError } from "@millwright/kit/command-line";
import { namedFolder } from "@millwright/kit/file-trouble";

const advice = "Name the directory that holds the bundle's manifest.json.";

/** The one directory that a command is for. @throws UsageError */
export function bundleWord(words: readonly string[]): string {
  const [dir] = words;
  if (dir === undefined || words.length > 1) throw new UsageError("name one directory, the one that holds manifest.json");
  return bundleFolder(dir);
}

/** A directory that was named for a bundle. @throws UsageError where there is none */
export const bundleFolder = (dir: string): string => namedFolder(dir, advice);
