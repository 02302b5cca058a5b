import { existsSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "@millwright/kit/fault";
import { namesIn } from "./data-file.ts";

/** The folders of SKAB that are scored; `anomaly-free/` never is. */
const folders = ["valve1", "valve2", "other"] as const;

const advice = "give a directory in SKAB's layout with --data";

/** All recordings to be scored, as paths relative to `dir`, in natural order. @throws Fault data_missing */
export function listRecordings(dir: string): string[] {
  namesIn(dir, advice);
  const present = folders.filter((folder) => existsSync(join(dir, folder)));
  const files = present.flatMap((folder) =>
    namesIn(join(dir, folder), advice)
      .filter((name) => name.endsWith(".csv"))
      .map((name) => `${folder}/${name}`),
  );
  if (files.length === 0)
    throw new Fault(
      "data_missing",
      "config",
      `${dir} holds none of ${folders.join("/, ")}/ with .csv files; give the directory that does with --data`,
    );
  return files.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}
