#!/usr/bin/env node
// npm start: a plant on your laptop. Two pumps, two agents that learn them live, a gateway with its pages; one pump's bearing begins to wear.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Command, exitCode, numberOption, runCommand } from "@millwright/kit/command-line";
import { messageOf } from "@millwright/kit/fault";
import { untilShutdown } from "@millwright/kit/shutdown";
import type { ChildProgram } from "../processes/child-program.ts";
import { countRecords, type DemoDocument, describeTicket } from "./demo-document.ts";
import { type DemoPlant, startDemoPlant } from "./demo-plant.ts";
import { storyTeller } from "./demo-story.ts";

const demo: Command = {
  summary: "A plant on your laptop: two simulated pumps, an agent for each, a gateway with its pages. One pump's bearing begins to wear.",
  options: {
    port: { type: "string", value: "N", help: "port of the pages, 0: any free one (default 8080)" },
    "time-scale": { type: "string", value: "N", help: "machine seconds per second, 1 to 60 (default 30)" },
    "learn-rows": { type: "string", value: "N", help: "rows each agent learns from, one a second of machine time (default 400)" },
    "until-ticket": { type: "boolean", help: "end when the first ticket is open" },
  },
  async run({ values, isJson }) {
    const timeScale = numberOption(values, "time-scale", { min: 1, max: 60, fallback: 30 });
    const httpPort = numberOption(values, "port", { min: 0, max: 65_535, fallback: 8080 });
    const learnRows = numberOption(values, "learn-rows", { min: 200, max: 5_000, fallback: 400 });
    const say = (text: string): void => void (isJson ? process.stderr : process.stdout).write(`${text}\n`);
    const folder = mkdtempSync(join(tmpdir(), "millwright-demo-"));
    const programs: ChildProgram[] = [];
    const onStarted = (program: ChildProgram): void => {
      programs.push(program);
      program.on(storyTeller({ say, timeScale }));
    };
    const stopped = untilShutdown().then(() => say("stopping ..."));
    say(`Millwright: a plant on your laptop. Its time runs ${timeScale} times as fast as yours.`);
    try {
      const plant = await raceOrNull(startDemoPlant({ folder, httpPort, timeScale, learnRows, onStarted }), stopped);
      if (plant === null) return exitCode.ok;
      say(`\n   Pages: ${plant.url}    (Ctrl-C stops everything)\n`);
      if (values["until-ticket"] !== true) {
        await raceOrNull(unexpectedEnd(programs), stopped);
        return exitCode.ok;
      }
      // Learning, 100 rows until the bearing wears, and as long again for the ticket; twice that is too long.
      const ticketMs = 60_000 + (2 * (learnRows + 600) * 1_000) / timeScale;
      const document = await raceOrNull(Promise.race([untilTicket(plant, ticketMs), unexpectedEnd(programs)]), stopped);
      if (document === null) return exitCode.failed;
      process.stdout.write(isJson ? `${JSON.stringify(document)}\n` : inWords(document));
      return document.records_lost === 0 ? exitCode.ok : exitCode.failed;
    } catch (error) {
      process.stderr.write(`${messageOf(error)}\n`);
      if (messageOf(error).includes("http_port_busy")) process.stderr.write("Or take another port: npm start -- --port 8081\n");
      return exitCode.cannotStart;
    } finally {
      await Promise.all(programs.filter(({ name }) => name.startsWith("box")).map((agent) => agent.stop()));
      await Promise.all(programs.map((program) => program.stop()));
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

process.exit(await runCommand("npm start --", demo, process.argv.slice(2)));

/** What `work` gives, or null where somebody ends the demonstration first. */
async function raceOrNull<T>(work: Promise<T>, stopped: Promise<void>): Promise<T | null> {
  work.catch(() => {});
  return Promise.race([work, stopped.then(() => null)]);
}

async function untilTicket(plant: DemoPlant, ticketMs: number): Promise<DemoDocument> {
  const upMs = performance.now();
  const opened = await plant.gateway.waitFor("ticket_opened", ticketMs);
  const seconds = Math.round((performance.now() - upMs) / 100) / 10;
  const described = await describeTicket(plant, String(opened["id"]), String(opened["url"]));
  await Promise.all(plant.agents.map((agent) => agent.stop()));
  const samples = plant.agents.flatMap(({ lines }) => lines.filter(({ event }) => event === "stopped"));
  return {
    ...described,
    samples_read: samples.reduce((sum, line) => sum + Number(line["samples"]), 0),
    ...countRecords(plant),
    seconds_to_ticket: seconds,
  };
}

/** Rejects when a program ends that nobody ended. */
async function unexpectedEnd(programs: readonly ChildProgram[]): Promise<never> {
  const first = await Promise.race(programs.map(async (program) => ({ program, end: await program.ended })));
  if (first.program.isEnding) return new Promise(() => {});
  throw new Error(`${first.program.name} ended by itself (${first.end})\n${first.program.errors.slice(-10).join("\n")}`);
}

function inWords({ ticket, seconds_to_ticket, records_stored, records_lost }: DemoDocument): string {
  return `${ticket.id} for ${ticket.machine} after ${seconds_to_ticket} s; ${records_stored} records stored, ${records_lost} lost\n`;
}
