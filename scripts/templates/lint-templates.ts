// Folders of device templates → what is wrong with them, each mistake with its place. Reads only.
import { globSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkTemplate } from "@millwright/agent/config/check-template";
import { checkTemplateProof } from "@millwright/agent/config/check-template-proof";
import { configReport } from "@millwright/agent/config/config-report";
import { DeviceTemplate } from "@millwright/contract/device-template";
import { type FileIssue, readYamlFile } from "@millwright/kit/yaml-file";

export type LintedTemplates = { readonly files: readonly string[]; readonly issues: readonly FileIssue[] };

/** @param folders each holds <vendor>/<device>.yaml. */
export function lintTemplates(folders: readonly string[]): LintedTemplates {
  const found = folders.flatMap((folder) => namesIn(folder).map((name) => ({ file: join(folder, `${name}.yaml`), name })));
  return { files: found.map(({ file }) => file), issues: [...found.flatMap(lint), ...folders.flatMap(strayFiles)] };
}

function lint({ file, name }: { file: string; name: string }): readonly FileIssue[] {
  const yaml = readYamlFile(file, DeviceTemplate);
  if (!yaml.ok) return yaml.issues;
  const report = configReport(yaml.locate);
  checkTemplate(yaml.value, name, report);
  checkTemplateProof(yaml.value, report);
  return report.issues.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

const namesIn = (folder: string): string[] =>
  globSync("*/*.yaml", { cwd: folder })
    .map((path) => path.slice(0, -".yaml".length))
    .sort();

// What is no template is never found by its name.
function strayFiles(folder: string): FileIssue[] {
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (stat?.isDirectory() !== true)
    return [{ file: folder, line: null, column: null, message: "is not a folder. Give the folder that holds <vendor>/<device>.yaml." }];
  return globSync("**/*", { cwd: folder })
    .filter((path) => statSync(join(folder, path)).isFile() && path !== "README.md" && !/^[^/]+\/[^/]+\.yaml$/.test(path))
    .map((path) => ({ file: join(folder, path), line: null, column: null, message: "is no template: it must be <vendor>/<device>.yaml." }));
}
