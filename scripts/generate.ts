#!/usr/bin/env node
// Writes everything that is generated and checked in: the JSON Schemas of contract/, docs/faults.md, the tables of device templates and vibration standards.
// `--check` writes nothing and fails where a file is stale, naming it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readmeWithBench } from "./generate/bench-table.ts";
import { faultPage } from "./generate/fault-page.ts";
import { jsonSchemas } from "./generate/json-schemas.ts";
import { standardTable } from "./generate/standard-table.ts";
import { templateTable } from "./generate/template-table.ts";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
const root = new URL("../", import.meta.url);

const files: [path: string, text: string][] = [
  ...jsonSchemas().map(({ name, text }): [string, string] => [`contract/schemas/${name}.schema.json`, text]),
  ["docs/faults.md", faultPage()],
  ["README.md", readmeWithBench(root)],
  ["contract/templates/README.md", templateTable()],
  ["contract/standards/README.md", standardTable()],
];

let stale = 0;
for (const [path, text] of files) {
  const file = fileURLToPath(new URL(path, root));
  if (readOrNull(file) === text) continue;
  stale += 1;
  if (values.check) process.stderr.write(`${path} is stale: run npm run generate\n`);
  else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    process.stderr.write(`wrote ${relative(process.cwd(), file)}\n`);
  }
}
process.exitCode = values.check && stale > 0 ? 1 : 0;

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}
