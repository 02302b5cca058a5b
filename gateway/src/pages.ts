// Where the built pages are, building them when they are stale (only where vite is, i.e. in a checkout).
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { messageOf } from "@millwright/kit/fault";
import type { Logger } from "pino";

const built = fileURLToPath(new URL("../web/dist/", import.meta.url));
const builder = new URL("../web/build-web-if-stale.ts", import.meta.url);

/** @returns the folder of the pages, or null where there are none (the API works without). */
export async function findPages(logger: Logger): Promise<string | null> {
  try {
    if (existsSync(builder)) await ((await import(builder.href)) as { buildWebIfStale: () => Promise<unknown> }).buildWebIfStale();
  } catch (error) {
    logger.warn({ event: "page_missing", error: messageOf(error) }, "The pages could not be built");
  }
  return existsSync(`${built}index.html`) ? built : null;
}
