// Every command of millwright-agent, by its word.
import { checkCommand } from "./check.ts";
import { doctorCommand } from "./doctor.ts";
import { initCommand } from "./init.ts";
import { probeCommand } from "./probe.ts";
import { readCommand } from "./read.ts";
import { runCommand } from "./run.ts";
import { scanCommand } from "./scan.ts";
import { statusCommand } from "./status.ts";
import { watchCommand } from "./watch.ts";

export const commands = {
  check: checkCommand,
  doctor: doctorCommand,
  init: initCommand,
  probe: probeCommand,
  read: readCommand,
  run: runCommand,
  scan: scanCommand,
  status: statusCommand,
  watch: watchCommand,
};
