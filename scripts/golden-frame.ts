#!/usr/bin/env node
// For authors of templates: node scripts/golden-frame.ts TEMPLATE.yaml REGISTER COUNT point=value… prints a golden frame to put below `golden:`.
import { DeviceTemplate } from "@millwright/contract/device-template";
import type { RegisterTemplate } from "@millwright/contract/register-template";
import { type Command, exitCode, numberOption, runCommand, UsageError } from "@millwright/kit/command-line";
import { formatIssue, readYamlFile } from "@millwright/kit/yaml-file";
import { type FrameBlock, type FrameValue, goldenFrame, type MadeFrame } from "./templates/golden-frame.ts";

const command: Command = {
  summary:
    "Makes a golden frame of values, with the simulator's encoder. REGISTER as the manual prints it; null stands for the point's sentinel.",
  words: "TEMPLATE.yaml REGISTER COUNT point=value...",
  options: { unit: { type: "string", value: "N", help: "unit that answers (default 1)" } },
  run({ values, words: [file = "", register = "", count = "", ...pairs], isJson }) {
    const template = registerTemplate(file);
    const given = Object.fromEntries(pairs.map((pair) => pairOf(pair, template)));
    const block = {
      unit: numberOption(values, "unit", { min: 0, max: 255, fallback: 1 }),
      register: whole(register, "REGISTER", 65_536),
      count: whole(count, "COUNT", 125),
      table: template.points[Object.keys(given)[0] ?? ""]?.table ?? "holding",
    };
    const frame = made(() => goldenFrame(template, block, given));
    process.stdout.write(isJson ? `${JSON.stringify({ ...block, ...frame })}\n` : inYaml(block, frame));
    const notes = Object.entries(given).flatMap(([name, value]) =>
      frame.values[name] === value ? [] : [`note: ${name} ${value} is stored as ${frame.values[name]}`],
    );
    if (frame.missing.length > 0) notes.push(`note: 0 in the frame, for no value was given: ${frame.missing.join(", ")}`);
    for (const note of notes) process.stderr.write(`${note}\n`);
    return Promise.resolve(exitCode.ok);
  },
};

function registerTemplate(file: string): RegisterTemplate {
  const yaml = readYamlFile(file, DeviceTemplate);
  if (!yaml.ok) throw new UsageError(yaml.issues.map(formatIssue).join("\n"));
  if (yaml.value.protocol === "modbus") return yaml.value;
  throw new UsageError(`${file} is for ${yaml.value.protocol}: its golden replies are written as the device sends them, not made`);
}

function made(make: () => MadeFrame): MadeFrame {
  try {
    return make();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function whole(text: string, name: string, most: number): number {
  const number = text === "" ? Number.NaN : Number(text);
  if (!Number.isInteger(number) || number < 0 || number > most)
    throw new UsageError(`${name} must be a whole number up to ${most}, not "${text}"`);
  return number;
}

function pairOf(pair: string, { points }: RegisterTemplate): [string, FrameValue] {
  const at = pair.indexOf("=");
  if (at < 1) throw new UsageError(`"${pair}" must be point=value`);
  const [name, text] = [pair.slice(0, at), pair.slice(at + 1)];
  if (text === "null") return [name, null];
  const isNumber = points[name]?.type !== "string" && text.trim() !== "" && Number.isFinite(Number(text));
  return [name, isNumber ? Number(text) : text];
}

function inYaml({ table, register, count }: FrameBlock, { reply, values }: MadeFrame): string {
  const list = Object.entries(values).map(([name, value]) => `${name}: ${typeof value === "string" ? JSON.stringify(value) : value}`);
  const oneLine = `    values: { ${list.join(", ")} }\n`;
  const long = `    values:\n${list.map((entry) => `      ${entry}\n`).join("")}`;
  return `  - ${table === "input" ? "table: input\n    " : ""}register: ${register}\n    count: ${count}\n    reply: ${reply}\n${oneLine.length > 120 ? long : oneLine}`;
}

process.exitCode = await runCommand("node scripts/golden-frame.ts", command, process.argv.slice(2));
