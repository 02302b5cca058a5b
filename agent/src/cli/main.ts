#!/usr/bin/env node
// millwright-agent: the program on the box.
import { runProgram } from "@millwright/kit/command-line";
import { checkCommand } from "./check.ts";
import { doctorCommand } from "./doctor.ts";
import { initCommand } from "./init.ts";
import { probeCommand } from "./probe.ts";
import { readCommand } from "./read.ts";
import { runCommand } from "./run.ts";
import { scanCommand } from "./scan.ts";
import { statusCommand } from "./status.ts";
import { watchCommand } from "./watch.ts";

const program = {
  name: "millwright-agent",
  summary: "Reads machines, learns what is normal for them, and says early when one begins to fail.",
  commands: {
    check: checkCommand,
    doctor: doctorCommand,
    init: initCommand,
    probe: probeCommand,
    read: readCommand,
    run: runCommand,
    scan: scanCommand,
    status: statusCommand,
    watch: watchCommand,
  },
};

process.exit(await runProgram(program, process.argv.slice(2)));
