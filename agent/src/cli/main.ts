#!/usr/bin/env -S MALLOC_ARENA_MAX=1 node --max-semi-space-size=8 --heap-growing-percent=30
// millwright-agent: the program on the box. The first line keeps it small, as docs/operate/memory.md says.
import { runProgram } from "@millwright/kit/command-line";
import { keepCompiled } from "./keep-compiled.ts";

keepCompiled();
// What runs for years holds nothing of the other commands.
const commands = process.argv[2] === "run" ? { run: (await import("./run.ts")).runCommand } : (await import("./commands.ts")).commands;
const summary = "Reads machines, learns what is normal for them, and says early when one begins to fail.";

process.exit(await runProgram({ name: "millwright-agent", summary, commands }, process.argv.slice(2)));
