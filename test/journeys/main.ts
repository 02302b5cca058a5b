#!/usr/bin/env node
import { exitCode, runCommand } from "@millwright/kit/command-line";
// npm run -s journey -- --recording FILE.csv --profile PROFILE.yaml [--json]: the whole loop on a recording, with a verdict.
import { counted } from "@millwright/kit/counted";
import { hasMosquitto } from "./mosquitto.ts";
import { journeyOptions, parseJourneyOptions } from "./options.ts";
import { runJourney } from "./run-journey.ts";
import type { Verdict } from "./verdict.ts";

process.exitCode = await runCommand(
  "npm run journey --",
  {
    summary:
      "Serves a recording on a Modbus wire to a real agent and a real gateway, and says what came of it. Exit 1: a record was lost or doubled.",
    options: journeyOptions,
    async run({ values, isJson }) {
      const options = parseJourneyOptions(values);
      if (options.kill.includes("broker") && !hasMosquitto()) {
        process.stdout.write(
          `${isJson ? JSON.stringify({ skipped: "mosquitto is not installed" }) : "skipped: mosquitto is not installed"}\n`,
        );
        return exitCode.ok;
      }
      const verdict = await runJourney(options, (text) => process.stderr.write(`${text}\n`));
      process.stdout.write(isJson ? `${JSON.stringify(verdict)}\n` : plain(verdict));
      return verdict.lost === 0 && verdict.duplicates === 0 ? exitCode.ok : exitCode.failed;
    },
  },
  process.argv.slice(2),
);

function plain(v: Verdict): string {
  const detection =
    v.onset_s === null
      ? counted(v.tickets.length, "ticket")
      : v.delay_s === null
        ? "no ticket at or after the onset"
        : `ticket ${v.delay_s} s after the onset`;
  return `${v.recording}: ${detection}, ${v.false_tickets ?? "unknown how many"} false; ${v.read} of ${v.served} rows read, ${v.stored} stored, ${v.lost} records lost, ${v.duplicates} doubled\n`;
}
