// What a device says of itself: the points of role `identity` of its template (a serial number, a firmware version), which only the tools read.
import { type RegisterPoint, type RegisterTemplate, registerLength } from "@millwright/contract/register-template";
import type { ResolvedRead } from "../../config/resolved-config.ts";
import type { TemplateLibrary } from "../../config/template-library.ts";
import type { OpenBus } from "../../open-bus.ts";
import { readRaw } from "../../registers/decode.ts";
import { decodeText } from "../../registers/decode-text.ts";

export type Identity = { readonly name: string; readonly value: string | number };

/** Those that the device gives; a device that does not answer costs its deadlines. */
export async function readIdentity(
  { source, template: name }: ResolvedRead,
  library: TemplateLibrary,
  registers: OpenBus["registers"],
): Promise<Identity[]> {
  const found = library.find(name);
  if (registers === null || source.protocol !== "modbus" || found.kind !== "good" || found.template.protocol !== "modbus") return [];
  const { template } = found;
  const identities: Identity[] = [];
  for (const [point, its] of Object.entries(template.points).filter(([, { role }]) => role === "identity")) {
    const { register, table } = its;
    const outcome = await registers({ unit: source.unit, table, address: register - template.base, count: registerLength(its) });
    if (outcome.ok) identities.push({ name: point, value: identityOf(its, template, outcome.reply) });
  }
  return identities;
}

function identityOf(
  { type, length = 1, order, scale, offset }: RegisterPoint,
  template: RegisterTemplate,
  reply: Uint16Array,
): string | number {
  if (type === "string") return decodeText(reply, 0, length, order ?? template.order);
  return readRaw(reply, 0, type, order ?? template.order) * scale + offset;
}
