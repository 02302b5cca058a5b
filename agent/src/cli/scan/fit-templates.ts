// Which templates fit a unit that answers. One whose identification registers are equal is it; of those without such registers the blocks that tell
// most are read: all of them must be there, and most values in their range. Reads only; each register range once.
import { type RegisterTemplate, registersOf } from "@millwright/contract/register-template";
import { counted } from "@millwright/kit/counted";
import { readPoints } from "../../config/read-points.ts";
import { readRaw } from "../../registers/decode.ts";
import { decodeText } from "../../registers/decode-text.ts";
import type { ReadPoint } from "../../registers/device-reader.ts";
import type { ReadOutcome, ReadRequest } from "../../registers/read-outcome.ts";
import { planReads } from "../../registers/read-plan.ts";
import { evidenceOf, mostTold } from "./template-evidence.ts";

export type TemplateFit = { readonly template: string; readonly fit: "is" | "may be"; readonly why: string };
export type FitResult = {
  readonly fits: readonly TemplateFit[] /** False where the time was over before all were compared. */;
  readonly isWhole: boolean;
};

export type ReadRegisters = (request: ReadRequest) => Promise<ReadOutcome>;

/** Blocks of a template that are read, templates that are named, and what is too little to name one. */
const blocksRead = 3;
const mostNamed = 3;
const leastGood = 0.8;
const leastBits = 10;
/** Real ms for one unit. */
const budgetMs = 30_000;

/** `onTemplate` before each one. Never rejects. */
export async function fitTemplates(
  read: ReadRegisters,
  unit: number,
  templates: readonly RegisterTemplate[],
  onTemplate: (template: RegisterTemplate) => void,
): Promise<FitResult> {
  const deadlineMs = performance.now() + budgetMs;
  const isLate = (): boolean => performance.now() > deadlineMs;
  const once = remembering(read);
  const identified: TemplateFit[] = [];
  for (const template of templates.filter(({ identify }) => identify.length > 0)) {
    if (isLate()) break;
    onTemplate(template);
    if (await isIdentified(once, unit, template)) identified.push(isIt(template));
  }
  if (identified.length > 0) return { fits: identified.slice(0, mostNamed), isWhole: true };
  const possible: (TemplateFit & { bits: number })[] = [];
  for (const template of templates.filter(({ identify }) => identify.length === 0)) {
    if (isLate()) break;
    onTemplate(template);
    const fit = await possibleFit(once, unit, template);
    if (fit !== null) possible.push(fit);
  }
  const fits = possible.sort((a, b) => b.bits - a.bits).slice(0, mostNamed);
  return { fits: fits.map(({ bits: _, ...fit }) => fit), isWhole: !isLate() };
}

function isIt({ template, identify }: RegisterTemplate): TemplateFit {
  const numbers = identify.map(({ register }) => register).join(", ");
  return { template, fit: "is", why: `the registers that identify it are equal: ${numbers}` };
}

async function isIdentified(read: ReadRegisters, unit: number, { base, order, identify }: RegisterTemplate): Promise<boolean> {
  for (const { table, register, type, length = 1, equals } of identify) {
    const count = type === "string" ? length : registersOf[type];
    const outcome = await read({ unit, table, address: register - base, count });
    if (!outcome.ok) return false;
    const value = type === "string" ? decodeText(outcome.reply, 0, length, order) : readRaw(outcome.reply, 0, type, order);
    if (value !== equals) return false;
  }
  return true;
}

async function possibleFit(
  read: ReadRegisters,
  unit: number,
  template: RegisterTemplate,
): Promise<(TemplateFit & { bits: number }) | null> {
  const points = readPoints(template, Object.keys(template.points));
  const registers = new Array<Uint16Array | null>(points.length).fill(null);
  for (const { request, items } of tellingBlocks(template, points, unit)) {
    const outcome = await read(request);
    if (!outcome.ok) return null;
    for (const { index, address, length } of items)
      registers[index] = outcome.reply.slice(address - request.address, address - request.address + length);
  }
  const { points: count, judged, good, bits } = evidenceOf(template, points, registers);
  if (judged === 0 || good < leastGood * judged || bits < leastBits) return null;
  const why = `${count} of its ${counted(points.length, "point")} ${count === 1 ? "is" : "are"} there, ${good} of ${judged} that have a range or words lie in it`;
  return { template: template.template, fit: "may be", why, bits };
}

// Those whose points say most of what they may be: a template may begin with counters that can be anything.
function tellingBlocks(template: RegisterTemplate, points: readonly ReadPoint[], unit: number) {
  const { max_block, max_gap, base, forbidden } = template;
  const told = points.map((point) => mostTold(template, point));
  return (["holding", "input"] as const)
    .flatMap((table) => {
      const items = points.flatMap(({ table: its, address, type }, index) =>
        its === table ? [{ index, address, length: registersOf[type] }] : [],
      );
      const ranges = forbidden.filter((range) => range.table === table).map(({ from, to }) => ({ from: from - base, to: to - base + 1 }));
      const { blocks } = planReads(items, { maxBlock: max_block, maxGap: max_gap, forbidden: ranges });
      return blocks.map(({ address, count, items }) => ({ request: { unit, table, address, count }, items }));
    })
    .map((block) => ({ ...block, told: block.items.reduce((sum, { index }) => sum + (told[index] ?? 0), 0) }))
    .sort((a, b) => b.told - a.told)
    .slice(0, blocksRead);
}

// Many templates begin at the same register.
function remembering(read: ReadRegisters): ReadRegisters {
  const known = new Map<string, Promise<ReadOutcome>>();
  return (request) => {
    const { table, address, count } = request;
    const key = `${table} ${address} ${count}`;
    const outcome = known.get(key) ?? read(request);
    known.set(key, outcome);
    return outcome;
  };
}
