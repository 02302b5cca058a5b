#!/usr/bin/env node
// millwright-sim: machines on a Modbus wire.
import { runProgram } from "@millwright/kit/command-line";
import { plantCommand } from "./plant-command.ts";
import { recordingCommand } from "./recording-command.ts";
import { wireCommand } from "./wire-command.ts";

process.exit(
  await runProgram(
    {
      name: "millwright-sim",
      summary: "Serves a recorded machine, or simulated ones, on Modbus TCP and on RTU lines.",
      commands: { recording: recordingCommand, plant: plantCommand, wire: wireCommand },
    },
    process.argv.slice(2),
  ),
);
