// What Node made of our TypeScript files is kept on the disk: from the second start on hardly a thread loads the compiler (some 10 MB each).
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * For this thread and, through the environment, for those it starts (module.enableCompileCache, NODE_COMPILE_CACHE). The folder is the user's own:
 * whoever could write there could say what runs. Where it cannot be written nothing is kept, and all else is the same.
 */
export function keepCompiled(): void {
  const { CACHE_DIRECTORY, XDG_CACHE_HOME, NODE_COMPILE_CACHE } = process.env;
  const folder = NODE_COMPILE_CACHE ?? join(CACHE_DIRECTORY ?? XDG_CACHE_HOME ?? join(homedir(), ".cache"), "millwright");
  process.env["NODE_COMPILE_CACHE"] = folder;
  enableCompileCache(folder);
}
