#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=131072 node --max-semi-space-size=4 --heap-growing-percent=30 --single-threaded-gc
// Starts the agent (src/cli/main.ts). The first line keeps it small, as docs/operate/memory.md says. This one file is JavaScript: what Node made of
// our TypeScript files is kept on the disk, so that from the second start on no thread loads the compiler, and the file that says so comes first.
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";

// For this thread and, through the environment, for those it starts (module.enableCompileCache, NODE_COMPILE_CACHE). The folder is the user's own:
// whoever could write there could say what runs. Where it cannot be written nothing is kept, and all else is the same.
const { CACHE_DIRECTORY, XDG_CACHE_HOME, NODE_COMPILE_CACHE } = process.env;
const folder = NODE_COMPILE_CACHE ?? join(CACHE_DIRECTORY ?? XDG_CACHE_HOME ?? join(homedir(), ".cache"), "millwright");
process.env.NODE_COMPILE_CACHE = folder;
enableCompileCache(folder);

await import("./src/cli/main.ts");
