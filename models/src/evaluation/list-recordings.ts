import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { Fault, messageOf } from "@millwright/kit/fault";

/** The folders of SKAB that are scored; `anomaly-free/` never is. */
const folders = ["valve1", "valve2", "other"] as const;

/** All recordings to be scored, as paths relative to `dir`, in natural order. @throws Fault data_missing */
export function listRecordings(dir: string): string[] {
  const present = read(dir).filter((entry) => entry.isDirectory() && (folders as readonly string[]).includes(entry.name));
  const files = present.flatMap(({ name }) =>
    read(join(dir, name))
      .filter((entry) => entry.isFile() && entry.name.endsWith(".csv"))
      .map((entry) => `${name}/${entry.name}`),
  );
  if (files.length === 0)
    throw new Fault(
      "data_missing",
      "config",
      `${dir} holds none of ${folders.join("/, ")}/ with .csv files; give the directory that does with --data`,
    );
  return files.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

function read(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    throw new Fault(
      "data_missing",
      "config",
      `${dir} cannot be read (${messageOf(error)}); give a directory in SKAB's layout with --data`,
      error,
    );
  }
}
