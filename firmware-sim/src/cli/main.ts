#!/usr/bin/env node
// millwright-sim: machines on a Modbus TCP wire.
import { runProgram } from "@millwright/kit/command-line";
import { plantCommand } from "./plant-command.ts";
import { recordingCommand } from "./recording-command.ts";

process.exit(
  await runProgram(
    {
      name: "millwright-sim",
      summary: "Serves a recorded machine, or simulated ones, on Modbus TCP.",
      commands: { recording: recordingCommand, plant: plantCommand },
    },
    process.argv.slice(2),
  ),
);
