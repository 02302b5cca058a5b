#!/usr/bin/env node
// npm run -s storm -- kill --seed N --json: seeded faults against real processes, judged from ledgers outside them.
import { type Command, exitCode, numberOption, runProgram } from "@millwright/kit/command-line";
import { killStorm } from "./kill-storm.ts";

const kill: Command = {
  summary: "kill -9 of agent, gateway and broker in the middle: nothing durable is lost or doubled, one ticket.",
  options: { seed: { type: "string", value: "N", help: "decides the recording and the moments (default: another one every time)" } },
  async run({ values, isJson }) {
    const seed = numberOption(values, "seed", { min: 0, max: 2 ** 31, fallback: Math.floor(Math.random() * 1e6) });
    process.stderr.write(`seed ${seed}\n`);
    const verdict = await killStorm(seed, (text) => process.stderr.write(`${text}\n`));
    const { ok, counts } = verdict;
    const plain = `storm kill, seed ${seed}: ${ok ? "holds" : "BROKEN"} (${Object.entries(counts)
      .map(([name, n]) => `${name} ${n}`)
      .join(", ")})\n`;
    process.stdout.write(isJson ? `${JSON.stringify(verdict)}\n` : plain);
    return ok ? exitCode.ok : exitCode.failed;
  },
};

process.exitCode = await runProgram(
  { name: "npm run storm --", summary: "Seeded faults against real processes.", commands: { kill } },
  process.argv.slice(2),
);
