// Which device type: a search over names and titles of all templates, until one is left or picked.
import type { DeviceTemplate } from "@millwright/contract/device-template";
import type { TemplateLibrary } from "../../config/template-library.ts";
import { cut } from "../terminal/columns.ts";
import type { Questions } from "../terminal/questions.ts";

export type ListedTemplate = {
  readonly name: string;
  readonly title: string;
  readonly protocol: DeviceTemplate["protocol"];
  readonly hasUnits: boolean;
};

const mostShown = 20;

/** @param all those that fit the bus. */
export async function askTemplate(all: readonly ListedTemplate[], { ask, say }: Questions): Promise<ListedTemplate> {
  let shown: readonly ListedTemplate[] = all;
  for (;;) {
    const answer = await ask(`Its device: a part of its name, * for all ${all.length}`, {});
    const exact = all.find(({ name }) => name === answer) ?? (/^\d+$/.test(answer) ? shown[Number(answer) - 1] : undefined);
    const found = exact === undefined ? search(all, answer) : [exact];
    const [first] = found;
    if (first !== undefined && found.length === 1) {
      say(`  ${first.name}: ${first.title}`);
      return first;
    }
    shown = found.slice(0, mostShown);
    const width = process.stderr.columns ?? 80;
    for (const [i, { name, title }] of shown.entries()) say(cut(`  ${`${i + 1}`.padStart(2)} ${name}  ${title}`, width));
    if (found.length > mostShown) say(`  … and ${found.length - mostShown} more: type more of the name`);
    if (found.length === 0) say("  nothing of that name. A template of your own goes into a folder: --templates DIR");
    else say("  type its number, or more of its name");
  }
}

/** Those that are good, in order of their names. */
export function listTemplates(library: TemplateLibrary): ListedTemplate[] {
  return library.names().flatMap((name) => {
    const found = library.find(name);
    if (found.kind !== "good" || found.template.protocol === "bus-health") return [];
    const { template } = found;
    const hasUnits = template.protocol === "modbus" || (template.protocol === "http-json" && template.path.includes("{unit}"));
    return [{ name, title: template.title, protocol: template.protocol, hasUnits }];
  });
}

/** Every word must stand somewhere in the name or the title, capitals or not. Pure. */
export function search(templates: readonly ListedTemplate[], text: string): ListedTemplate[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "*");
  return templates.filter(({ name, title }) => words.every((word) => `${name} ${title}`.toLowerCase().includes(word)));
}
