// Finds device templates: folders of one's own first, then the built-in ones. Each file is read and checked once.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DeviceTemplate } from "@millwright/contract/device-template";
import { templateFolder } from "@millwright/contract/template-folder";
import { type FileIssue, readYamlFile } from "@millwright/kit/yaml-file";
import { checkTemplate } from "./check-template.ts";
import { configReport, didYouMean } from "./config-report.ts";

export type FoundTemplate = { kind: "good"; template: DeviceTemplate } | { kind: "broken" } | { kind: "unknown"; message: string };

const namePattern = /^[a-z0-9-]+\/[a-z0-9-]+$/;

export class TemplateLibrary {
  /** Mistakes in template files, each with its own place. */
  readonly issues: FileIssue[] = [];
  readonly #folders: readonly string[];
  readonly #found = new Map<string, FoundTemplate>();

  /** @param folders absolute paths, searched in this order before the built-in ones. */
  constructor(folders: readonly string[]) {
    this.#folders = [...folders, fileURLToPath(templateFolder)];
  }

  find(name: string): FoundTemplate {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const found = this.#read(name);
    this.#found.set(name, found);
    return found;
  }

  #read(name: string): FoundTemplate {
    if (!namePattern.test(name))
      return { kind: "unknown", message: `"${name}" must be vendor/device in small letters. ${didYouMean(name, this.names())}` };
    const file = this.#folders.map((folder) => join(folder, `${name}.yaml`)).find((path) => existsSync(path));
    if (file === undefined) return { kind: "unknown", message: `"${name}" not found. ${didYouMean(name, this.names())}` };
    const yaml = readYamlFile(file, DeviceTemplate);
    if (!yaml.ok) return this.#broken(yaml.issues);
    const report = configReport(yaml.locate);
    checkTemplate(yaml.value, name, report);
    return report.issues.length > 0 ? this.#broken(report.issues) : { kind: "good", template: yaml.value };
  }

  #broken(issues: readonly FileIssue[]): FoundTemplate {
    this.issues.push(...issues);
    return { kind: "broken" };
  }

  /** Of all templates, whether good or not, in order. */
  names(): string[] {
    return [...new Set(this.#folders.flatMap(namesIn))].sort();
  }
}

function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const vendors = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return vendors.flatMap(({ name }) =>
    readdirSync(join(folder, name))
      .filter((file) => file.endsWith(".yaml"))
      .map((file) => `${name}/${file.slice(0, -".yaml".length)}`),
  );
}
