#!/usr/bin/env node
// npm run -s storm -- NAME --seed N --json: seeded faults, judged from books kept outside what is tried.
import { type Command, exitCode, numberOption, runProgram, type Values } from "@millwright/kit/command-line";
import { bundleStorm } from "./bundle-storm.ts";
import { busStorm } from "./bus-storm.ts";
import { framesStorm } from "./frames-storm.ts";
import { killStorm, type StormVerdict } from "./kill-storm.ts";

type Say = (text: string) => void;

const kill: Command = {
  summary: "kill -9 of agent, gateway and broker in the middle: nothing durable is lost or doubled, one ticket.",
  options: { seed: { type: "string", value: "N", help: "decides the recording and the moments (default: another one every time)" } },
  run: storming((_, seed, say) => killStorm(seed, say)),
};

const bus: Command = {
  summary: "An RTU line on which one of eight units is late, damaged and noisy: no value is wrong, the others keep their rate.",
  options: {
    seed: { type: "string", value: "N", help: "decides the faults (default: another one every time)" },
    polls: { type: "string", value: "N", help: "reads of ten registers (10000, which takes eight minutes)" },
    "no-drain": { type: "boolean", help: "without draining the line after a time-out: values must come out wrong" },
  },
  run: storming((values, seed, say) => {
    const polls = numberOption(values, "polls", { min: 100, max: 1_000_000, fallback: 10_000 });
    return busStorm({ seed, polls, drain: values["no-drain"] === true ? "off" : "on" }, say);
  }),
};

// Runs a storm and prints its verdict.
function storming(storm: (values: Values, seed: number, say: Say) => Promise<StormVerdict>): Command["run"] {
  return async ({ values, isJson }) => {
    const seed = numberOption(values, "seed", { min: 0, max: 2 ** 31, fallback: Math.floor(Math.random() * 1e6) });
    process.stderr.write(`seed ${seed}\n`);
    const verdict = await storm(values, seed, (text) => process.stderr.write(`${text}\n`));
    const { ok, counts } = verdict;
    const plain = `storm ${verdict.storm}, seed ${seed}: ${ok ? "holds" : "BROKEN"} (${Object.entries(counts)
      .map(([name, n]) => `${name} ${n}`)
      .join(", ")})\n`;
    process.stdout.write(isJson ? `${JSON.stringify(verdict)}\n` : plain);
    return ok ? exitCode.ok : exitCode.failed;
  };
}

const frames: Command = {
  summary: "random and mangled Modbus TCP replies: every request settles in time, none of them is taken for an answer.",
  options: {
    frames: { type: "string", value: "N", help: "replies to send (default 1000000: some minutes)" },
    devices: { type: "string", value: "N", help: "devices at once, each on a connection of its own (default 400)" },
    seed: { type: "string", value: "N", help: "decides the replies (default: another one every time)" },
  },
  run: storming((values, seed, say) => {
    const howMany = numberOption(values, "frames", { min: 1, max: 1e9, fallback: 1e6 });
    const devices = numberOption(values, "devices", { min: 1, max: 2_000, fallback: 400 });
    return framesStorm({ seed, frames: howMany, devices, say });
  }),
};

const bundle: Command = {
  summary: "single bits flipped in the files of a signed bundle: every one is refused.",
  options: {
    flips: { type: "string", value: "N", help: "bits to flip, one at a time (default 2000)" },
    seed: { type: "string", value: "N", help: "decides the bundle and the bits (default: another one every time)" },
  },
  run: storming((values, seed) => bundleStorm({ seed, flips: numberOption(values, "flips", { min: 1, max: 1e6, fallback: 2_000 }) })),
};

process.exitCode = await runProgram(
  { name: "npm run storm --", summary: "Seeded faults, and what holds in spite of them.", commands: { kill, bus, frames, bundle } },
  process.argv.slice(2),
);
