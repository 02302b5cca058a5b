#!/usr/bin/env node
// npm run -s storm -- kill|frames --seed N --json: seeded faults, judged from books kept outside what is tried.
import { type Command, exitCode, numberOption, runProgram } from "@millwright/kit/command-line";
import { framesStorm } from "./frames-storm.ts";
import { killStorm, type StormVerdict } from "./kill-storm.ts";

const kill: Command = {
  summary: "kill -9 of agent, gateway and broker in the middle: nothing durable is lost or doubled, one ticket.",
  options: { seed: { type: "string", value: "N", help: "decides the recording and the moments (default: another one every time)" } },
  async run({ values, isJson }) {
    const seed = numberOption(values, "seed", { min: 0, max: 2 ** 31, fallback: Math.floor(Math.random() * 1e6) });
    process.stderr.write(`seed ${seed}\n`);
    return tell(await killStorm(seed, (text) => process.stderr.write(`${text}\n`)), isJson);
  },
};

const frames: Command = {
  summary: "random and mangled Modbus TCP replies: every request settles in time, none of them is taken for an answer.",
  options: {
    frames: { type: "string", value: "N", help: "replies to send (default 1000000: some minutes)" },
    devices: { type: "string", value: "N", help: "devices at once, each on a connection of its own (default 400)" },
    seed: { type: "string", value: "N", help: "decides the replies (default: another one every time)" },
  },
  async run({ values, isJson }) {
    const seed = numberOption(values, "seed", { min: 0, max: 2 ** 31, fallback: Math.floor(Math.random() * 1e6) });
    process.stderr.write(`seed ${seed}\n`);
    const howMany = numberOption(values, "frames", { min: 1, max: 1e9, fallback: 1e6 });
    const devices = numberOption(values, "devices", { min: 1, max: 2_000, fallback: 400 });
    return tell(await framesStorm({ seed, frames: howMany, devices, say: (text) => process.stderr.write(`${text}\n`) }), isJson);
  },
};

function tell(verdict: StormVerdict, isJson: boolean): number {
  const { storm, seed, ok, counts } = verdict;
  const figures = Object.entries(counts).map(([name, n]) => `${name} ${n}`);
  const plain = `storm ${storm}, seed ${seed}: ${ok ? "holds" : "BROKEN"} (${figures.join(", ")})\n`;
  process.stdout.write(isJson ? `${JSON.stringify(verdict)}\n` : plain);
  return ok ? exitCode.ok : exitCode.failed;
}

process.exitCode = await runProgram(
  { name: "npm run storm --", summary: "Seeded faults, and what holds in spite of them.", commands: { kill, frames } },
  process.argv.slice(2),
);
