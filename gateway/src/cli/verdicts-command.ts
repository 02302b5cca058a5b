import type { VerdictLine } from "@millwright/contract/verdict-line";
import type { Command } from "@millwright/kit/command-line";
import type { MachineRecord } from "../verdicts/model-records.ts";
import { askGateway, urlOption } from "./ask-gateway.ts";

export const verdictsCommand: Command = {
  summary:
    "What technicians found on the tickets of each model; with --json a line for each verdict, for millwright-models train | compare.",
  options: {
    ...urlOption,
    machine: { type: "string", value: "NAME", help: "of this machine only" },
    site: { type: "string", value: "SITE", help: "of this site only" },
  },
  examples: ["--machine P-101 --json > p-101-verdicts.jsonl"],
  run({ values, isJson }) {
    const url = String(values["url"]);
    const [machine, site] = [values["machine"], values["site"]].map((value) => (typeof value === "string" ? value : undefined));
    if (!isJson)
      return askGateway<{ machines: MachineRecord[] }>("verdicts", url, "/api/models", ({ machines }) =>
        recordsText(
          machines.filter((one) => (machine ?? one.machine.name) === one.machine.name && (site ?? one.machine.site) === one.machine.site),
        ),
      );
    const query = new URLSearchParams({ ...(machine === undefined ? {} : { machine }), ...(site === undefined ? {} : { site }) });
    return askGateway<{ verdicts: VerdictLine[] }>("verdicts", url, `/api/verdicts?${query}`, ({ verdicts }) =>
      verdicts.map((line) => `${JSON.stringify(line)}\n`).join(""),
    );
  },
};

function recordsText(machines: readonly MachineRecord[]): string {
  if (machines.length === 0) return "No verdict on a model's ticket yet.\n";
  return machines
    .map(({ machine, place, text, models }) => {
      const lines = models.flatMap((model) => [
        `  ${model.name}${model.is_live ? ", live" : ""}: ${model.text}\n`,
        ...model.modes.map((mode) => `    ${mode.text}\n`),
      ]);
      return `${machine.name} at ${place}: ${text}\n${lines.join("")}`;
    })
    .join("");
}
