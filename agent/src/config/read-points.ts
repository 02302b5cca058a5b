// Points of a template → how they are read: wire addresses, decoding, and the scale factors that are read along with them. Pure.
import type { RegisterTemplate } from "@millwright/contract/register-template";
import type { ReadPoint } from "../registers/device-reader.ts";

/**
 * The points named, in this order; behind them the scale factors they need that are not among them. Texts cannot be read as points and are left out.
 * The template has passed its check, or a scale factor that is none is left out, too.
 */
export function readPoints(template: RegisterTemplate, names: readonly string[]): ReadPoint[] {
  const along = names.flatMap((name) => template.points[name]?.scale_factor ?? []).filter((factor) => !names.includes(factor));
  const all = [...names, ...new Set(along)].filter((name) => isNumber(template, name));
  return all.map((name) => readPoint(template, name, all));
}

const isNumber = ({ points }: RegisterTemplate, name: string): boolean => points[name] !== undefined && points[name].type !== "string";

function readPoint(template: RegisterTemplate, name: string, names: readonly string[]): ReadPoint {
  const point = template.points[name];
  if (point === undefined || point.type === "string") throw new Error(`${name} is not a number of ${template.template}`);
  const { register, table, type, order = template.order, bit, bits, scale, offset, range, sentinels, scale_factor } = point;
  const factor = scale_factor === undefined ? -1 : names.indexOf(scale_factor);
  const field = bit === undefined ? bits : ([bit, bit] as const);
  return {
    name,
    table,
    address: register - template.base,
    type,
    order,
    scale,
    offset,
    sentinels,
    ...(field === undefined ? {} : { bits: field }),
    ...(range === undefined ? {} : { range }),
    ...(factor < 0 ? {} : { scaleFactor: factor }),
  };
}
