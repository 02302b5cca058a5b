#!/usr/bin/env node
// millwright-models: train, evaluate and verify models from a command line.
import { runProgram } from "@millwright/kit/command-line";
import { assessCommand } from "./assess-command.ts";
import { cardCommand } from "./card-command.ts";
import { compareCommand } from "./compare-command.ts";
import { driftCommand } from "./drift-command.ts";
import { evalCommand } from "./eval-command.ts";
import { explainCommand } from "./explain-command.ts";
import { forecastCommand } from "./forecast-command.ts";
import { importCommand } from "./import-command.ts";
import { keygenCommand } from "./keygen-command.ts";
import { signCommand } from "./sign-command.ts";
import { trainCommand } from "./train-command.ts";
import { verifyCommand } from "./verify-command.ts";

process.exitCode = await runProgram(
  {
    name: "millwright-models",
    summary: "Trains, evaluates and verifies the models of Millwright.",
    commands: {
      train: trainCommand,
      eval: evalCommand,
      import: importCommand,
      keygen: keygenCommand,
      sign: signCommand,
      card: cardCommand,
      verify: verifyCommand,
      compare: compareCommand,
      drift: driftCommand,
      explain: explainCommand,
      forecast: forecastCommand,
      assess: assessCommand,
    },
  },
  process.argv.slice(2),
);
