// docs/faults.md: every fault code of every program, from their tables.

import { faultTable as agent } from "@millwright/agent/faults";
import { faultTable as simulator } from "@millwright/firmware-sim/faults";
import { faultTable as gateway } from "@millwright/gateway/faults";
import type { FaultTable } from "@millwright/kit/fault";
import { modelFaultTable as models } from "@millwright/models/onnx/model-faults";

const reactions = {
  retry: "tried again by itself",
  config: "a setting must change",
  data: "this input is refused, the rest goes on",
  bug: "please report it",
} as const;

/** @returns the page's text. */
export function faultPage(): string {
  const parts: [string, FaultTable][] = [
    ["agent", agent],
    ["gateway", gateway],
    ["models", models],
    ["simulator", simulator],
  ];
  const sections = parts.map(([name, table]) => `## ${name}\n\n${section(table)}`);
  return `# Faults: what a line means, and what to do\n\nGenerated from the programs' fault tables by \`npm run generate\`.\n\n${sections.join("\n")}`;
}

function section(table: FaultTable): string {
  const rows = Object.entries(table).map(
    ([code, { kind, line, causes, next }]) => `| \`${code}\` | ${line} | ${reactions[kind]} | ${causes} | ${next} |`,
  );
  return `| code | what it says | reaction | likely causes | next step |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}
