#!/usr/bin/env node
// npm start: a plant on your laptop. Two pumps, two agents that learn them live, a gateway with its pages; one pump's bearing begins to wear.
import { fileURLToPath } from "node:url";
import { exitCode, numberOption, runCommand } from "@millwright/kit/command-line";
import { messageOf } from "@millwright/kit/fault";
import { onShutdown } from "@millwright/kit/shutdown";
import type { ChildProgram, Line } from "../processes/child-program.ts";
import { countRecords, type DemoDocument, describeTicket } from "./demo-document.ts";
import { type DemoPlant, startDemoPlant } from "./demo-plant.ts";
import { plantTime, tellStory } from "./demo-story.ts";

const ticketMs = 180_000;

process.exitCode = await runCommand(
  "npm start --",
  {
    summary: "A plant on your laptop: two simulated pumps, an agent for each, a gateway with its pages. One pump's bearing begins to wear.",
    options: {
      port: { type: "string", value: "N", help: "port of the pages (default 8080)" },
      "time-scale": { type: "string", value: "N", help: "machine seconds per second, 1 to 60 (default 30)" },
      "learn-rows": { type: "string", value: "N", help: "rows each agent learns from, one a second of machine time (default 400)" },
      folder: { type: "string", value: "DIR", help: "where everything is kept; emptied first (default .millwright/demo)" },
      "until-ticket": { type: "boolean", help: "end when the first ticket is open" },
    },
    async run({ values, isJson }) {
      const say = (text: string): void => void (isJson ? process.stderr : process.stdout).write(`${text}\n`);
      const timeScale = numberOption(values, "time-scale", { min: 1, max: 60, fallback: 30 });
      const folder =
        typeof values["folder"] === "string" ? values["folder"] : fileURLToPath(new URL("../../.millwright/demo", import.meta.url));
      const begin = performance.now();
      let plant: DemoPlant | null = null;
      let isStopping = false;
      const stopped = new Promise<number>((resolve) => {
        onShutdown(async () => {
          isStopping = true;
          say("stopping ...");
          await plant?.stop();
          resolve(exitCode.ok);
          return exitCode.ok;
        });
      });
      say(`Millwright: a plant on your laptop. Its time runs ${timeScale} times as fast as yours.`);
      try {
        plant = await startDemoPlant({
          folder,
          httpPort: numberOption(values, "port", { min: 0, max: 65_535, fallback: 8080 }),
          timeScale,
          learnRows: numberOption(values, "learn-rows", { min: 200, max: 5_000, fallback: 400 }),
          onStarted: (program) => program.on((line) => tell(program, line)),
        });
      } catch (error) {
        return fail(error, "Is the port busy? Stop the other program, or take another one: npm start -- --port 8081");
      }
      const upMs = performance.now();
      function tell(_program: ChildProgram, line: Line): void {
        const text = tellStory(line);
        if (text !== null) say(`${plantTime(((performance.now() - begin) * timeScale) / 1000).padStart(6)}  ${text}`);
      }
      say(`\n   Pages: ${plant.url}    (Ctrl-C stops everything)\n`);
      if (values["until-ticket"] !== true) return await Promise.race([stopped, unexpectedEnd(plant, () => isStopping)]);
      const document = await untilTicket(plant, upMs);
      process.stdout.write(
        isJson
          ? `${JSON.stringify(document)}\n`
          : `${document.ticket.id} for ${document.ticket.machine} after ${document.seconds_to_ticket} s\n`,
      );
      return document.records_lost === 0 ? exitCode.ok : exitCode.failed;
    },
  },
  process.argv.slice(2),
);
process.exit();

async function untilTicket(plant: DemoPlant, upMs: number): Promise<DemoDocument> {
  try {
    const opened = await plant.gateway.waitFor("ticket_opened", ticketMs);
    const seconds = Math.round((performance.now() - upMs) / 100) / 10;
    const described = await describeTicket(plant, String(opened["id"]), String(opened["url"]));
    await plant.stopAgents();
    await confirmed(plant);
    const rows = plant.agents
      .flatMap(({ lines }) => lines.filter(({ event }) => event === "stopped"))
      .reduce((sum, line) => sum + Number(line["samples"]), 0);
    return { ...described, samples_read: rows, ...countRecords(plant), seconds_to_ticket: seconds };
  } finally {
    await plant.stop();
  }
}

// The agents waited for their receipts; the gateway's ledger follows its commits within a moment.
async function confirmed(plant: DemoPlant): Promise<void> {
  for (let tries = 0; tries < 20 && countRecords(plant).records_lost > 0; tries++) await new Promise((resolve) => setTimeout(resolve, 100));
}

async function unexpectedEnd(plant: DemoPlant, isStopping: () => boolean): Promise<number> {
  const programs = [plant.sim, plant.gateway, ...plant.agents];
  const first = await Promise.race(programs.map(async (program) => ({ program, end: await program.ended })));
  if (isStopping()) return new Promise(() => {});
  await plant.stop();
  return fail(new Error(`${first.program.name} ended by itself (${first.end})\n${first.program.errors.slice(-10).join("\n")}`));
}

function fail(error: unknown, hint = ""): number {
  const message = messageOf(error);
  process.stderr.write(`${message}${message.includes("port_busy") ? `\n${hint}` : ""}\n`);
  return exitCode.cannotStart;
}
