// contract/templates/README.md: every built-in device template, what was read for it and how far it goes.

import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DeviceTemplate, type TemplateProtocol } from "@millwright/contract/device-template";
import { templateFolder } from "@millwright/contract/template-folder";
import { formatIssue, readYamlFile } from "@millwright/kit/yaml-file";

const protocols: Record<TemplateProtocol, string> = {
  modbus: "Modbus",
  "http-json": "HTTP, JSON",
  "serial-text": "serial, text",
  "bus-health": "our own",
};

const sources: Record<DeviceTemplate["source"]["kind"], string> = {
  manual: "maker's manual",
  page: "public page",
  driver: "open driver",
  ours: "our own",
};

const trusts: Record<DeviceTemplate["trust"], string> = {
  stated: "stated",
  two_sources: "two sources",
  frames: "frames",
  hardware: "hardware",
};

/** @returns the page's text. Throws where a template cannot be read. */
export function templateTable(): string {
  const templates = readTemplates(fileURLToPath(templateFolder));
  const rows = templates.map(
    ({ template, title, protocol, points, source, trust }) =>
      `| [\`${template}\`](${template}.yaml) | ${cell(title)} | ${protocols[protocol]} | ${Object.keys(points).length} | ${sourceLink(source)} | ${trusts[trust]} |`,
  );
  return `${opening(templates.length)}\n\n| template | device | speaks | points | what was read | trust |\n| --- | --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

function opening(count: number): string {
  return `# Device templates

Generated from the ${count} templates by \`npm run generate\`. A template is the register map of one device type, typed anew from the source it names: what is listed here was really opened.

- **stated**: one source says so. Compare the first readings with the device's own display.
- **two sources**: two independent sources say the same of every point.
- **frames**: real replies, printed in a source, decode to what the device showed.
- **hardware**: read on the device itself.

What a source leaves open, and where it was read with care, stands in the comments on top of each file. Another map goes into a folder of your own (\`templates\` in agent.yaml); docs/specs/acquisition.md says what a template can hold.`;
}

function readTemplates(folder: string): DeviceTemplate[] {
  return globSync("*/*.yaml", { cwd: folder })
    .sort()
    .map((file) => {
      const yaml = readYamlFile(`${folder}${file}`, DeviceTemplate);
      if (!yaml.ok) throw new Error(yaml.issues.map(formatIssue).join("\n"));
      return yaml.value;
    });
}

function sourceLink({ kind, title, edition, page, url }: DeviceTemplate["source"]): string {
  const name = cell([title, edition, page && `p. ${page}`].filter((part) => part !== undefined).join(", "));
  return `${sources[kind]}: ${url === undefined ? name : `[${name}](${url.replaceAll(" ", "%20").replaceAll("|", "%7C")})`}`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
