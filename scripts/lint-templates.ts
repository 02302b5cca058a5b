#!/usr/bin/env node
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { templateFolder } from "@millwright/contract/template-folder";
import { type Command, exitCode, runCommand } from "@millwright/kit/command-line";
// npm run lint:templates [FOLDER...]: every mistake of every device template as file:line:column, and exit code 1; or how many are good.
import { counted } from "@millwright/kit/counted";
import { namedFolder } from "@millwright/kit/file-trouble";
import { formatIssue } from "@millwright/kit/yaml-file";
import { lintTemplates } from "./templates/lint-templates.ts";

const lint: Command = {
  summary: "Checks device templates: that they can be used, say where they come from, and decode their golden replies.",
  words: "[FOLDER...]",
  options: {},
  run({ words, isJson }) {
    const own = relative(process.cwd(), fileURLToPath(templateFolder));
    const folders =
      words.length === 0 ? [own] : words.map((word) => namedFolder(word, "Give the folder that holds <vendor>/<device>.yaml."));
    const { files, issues } = lintTemplates(folders);
    const isGood = issues.length === 0 && files.length > 0;
    const told = issues.length > 0 ? issues.map(formatIssue) : [`${folders.join(", ")} holds no templates (<vendor>/<device>.yaml)`];
    if (isJson) process.stdout.write(`${JSON.stringify({ ok: isGood, templates: files.length, issues }, null, 2)}\n`);
    else process.stdout.write(isGood ? `${counted(files.length, "template is", "templates are")} good\n` : `${told.join("\n")}\n`);
    return Promise.resolve(isGood ? exitCode.ok : exitCode.failed);
  },
};

process.exitCode = await runCommand("npm run lint:templates --", lint, process.argv.slice(2));
