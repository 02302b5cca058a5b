import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Directory of real recordings for tests: $MILLWRIGHT_DATA, else ../shared/data beside the repository; null when there is none. */
export function recordedData(set: string): string | null {
  const base = process.env["MILLWRIGHT_DATA"] ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));
  const dir = join(base, set);
  return existsSync(dir) ? dir : null;
}
