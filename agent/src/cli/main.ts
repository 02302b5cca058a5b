// millwright-agent: the program on the box. Started by ../../millwright-agent.mjs.
import { runProgram } from "@millwright/kit/command-line";

// What runs for years holds nothing of the other commands.
const commands = process.argv[2] === "run" ? { run: (await import("./run.ts")).runCommand } : (await import("./commands.ts")).commands;
const summary = "Reads machines, learns what is normal for them, and says early when one begins to fail.";

process.exit(await runProgram({ name: "millwright-agent", summary, commands }, process.argv.slice(2)));
