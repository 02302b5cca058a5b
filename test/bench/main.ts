#!/usr/bin/env node
// npm run -s bench -- bus --json: ratios against peers measured in the same run, medians of several. One JSON document on stdout, progress on stderr.
import { type Command, exitCode, numberOption, runProgram, UsageError } from "@millwright/kit/command-line";
import type { BenchRow } from "./bench-row.ts";
import { busBench, busParts } from "./bus/bus-bench.ts";
import { modelsBench } from "./models/models-bench.ts";
import { soakBench } from "./soak/soak-bench.ts";

const bus: Command = {
  summary: "Polling Modbus TCP, alone and as a whole agent, against libmodbus (C) and Node-RED.",
  options: {
    runs: { type: "string", value: "N", help: "runs of each, interleaved; medians count (5)" },
    seconds: { type: "string", value: "N", help: "how long a whole program is measured (30)" },
    only: { type: "string", value: "PART", help: `one part of it: ${busParts.join(", ")}` },
  },
  async run({ values, isJson }) {
    const runs = numberOption(values, "runs", { min: 1, max: 99, fallback: 5 });
    const seconds = numberOption(values, "seconds", { min: 3, max: 3_600, fallback: 30 });
    const only = values["only"];
    const parts = busParts.filter((part) => only === undefined || part === only);
    if (parts.length === 0) throw new UsageError(`--only must be one of ${busParts.join(", ")}`);
    const rows = await busBench({ parts, runs, seconds, say: (text) => process.stderr.write(`${text}\n`) });
    process.stdout.write(isJson ? `${JSON.stringify({ bench: "bus", rows })}\n` : `${rows.map(plain).join("\n")}\n`);
    return rows.every(({ ok }) => ok) ? exitCode.ok : exitCode.failed;
  },
};

const models: Command = {
  summary: "Features, scores and learning on this machine: per row, in a batch, for 500 machines.",
  options: { runs: { type: "string", value: "N", help: "runs of each; medians count (5)" } },
  async run({ values, isJson }) {
    const runs = numberOption(values, "runs", { min: 1, max: 99, fallback: 5 });
    const rows = await modelsBench({ runs, say: (text) => process.stderr.write(`${text}\n`) });
    process.stdout.write(isJson ? `${JSON.stringify({ bench: "models", rows })}\n` : `${rows.map(plain).join("\n")}\n`);
    return rows.every(({ ok }) => ok) ? exitCode.ok : exitCode.failed;
  },
};

const soak: Command = {
  summary: "An agent on 500 devices for an hour: its memory must not grow, its event loop must not wait while it scores.",
  options: {
    minutes: { type: "string", value: "N", help: "how long it is judged (60)" },
    "warm-up": { type: "string", value: "N", help: "minutes before that (30)" },
  },
  async run({ values, isJson }) {
    const minutes = numberOption(values, "minutes", { min: 3, max: 10_000, fallback: 60 });
    const warmUpMinutes = numberOption(values, "warm-up", { min: 0, max: 1_000, fallback: 30 });
    const rows = await soakBench({ minutes, warmUpMinutes, say: (text) => process.stderr.write(`${text}\n`) });
    process.stdout.write(isJson ? `${JSON.stringify({ bench: "soak", rows })}\n` : `${rows.map(plain).join("\n")}\n`);
    return rows.every(({ ok }) => ok) ? exitCode.ok : exitCode.failed;
  },
};

const plain = ({ name, unit, ours, rival, rival_name, ratio, goal, ok }: BenchRow): string =>
  `${ok ? "ok  " : "MISS"} ${name}: ${ours} ${unit}${rival === null ? "" : `, ${rival_name} ${rival}`}${ratio === null ? "" : `, ratio ${ratio}`} (goal ${goal})`;

process.exitCode = await runProgram(
  { name: "npm run bench --", summary: "Ratios against peers, measured in one run.", commands: { bus, models, soak } },
  process.argv.slice(2),
);
