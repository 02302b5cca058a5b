#!/usr/bin/env node
// millwright-gateway: run, tickets, verdicts.
import { runProgram } from "@millwright/kit/command-line";
import { runCommand } from "./run-command.ts";
import { ticketsCommand } from "./tickets-command.ts";
import { verdictsCommand } from "./verdicts-command.ts";

process.exit(
  await runProgram(
    {
      name: "millwright-gateway",
      summary: "The central half of Millwright: takes predictions, keeps tickets, serves the pages.",
      commands: { run: runCommand, tickets: ticketsCommand, verdicts: verdictsCommand },
    },
    process.argv.slice(2),
  ),
);
