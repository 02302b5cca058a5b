#!/usr/bin/env node
// millwright-agent: the program on the box.
import { runProgram } from "@millwright/kit/command-line";
import { checkCommand } from "./check.ts";
import { runCommand } from "./run.ts";

const program = {
  name: "millwright-agent",
  summary: "Reads machines, learns what is normal for them, and says early when one begins to fail.",
  commands: { check: checkCommand, run: runCommand },
};

process.exit(await runProgram(program, process.argv.slice(2)));
