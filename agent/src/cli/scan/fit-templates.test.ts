import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegisterTemplate } from "@millwright/contract/register-template";
import { TemplateLibrary } from "../../config/template-library.ts";
import { type ReadOutcome, type ReadRequest, readFailure } from "../../registers/read-outcome.ts";
import { seeded } from "../../registers/test-support/seeded.ts";
import { fitTemplates } from "./fit-templates.ts";

const library = new TemplateLibrary([]);
const templates = library.names().flatMap((name): RegisterTemplate[] => {
  const found = library.find(name);
  return found.kind === "good" && found.template.protocol === "modbus" ? [found.template] : [];
});

// A device with some registers; any other is refused.
const device =
  (registerAt: (request: ReadRequest, address: number) => number | undefined) =>
  async (request: ReadRequest): Promise<ReadOutcome> => {
    const registers = Array.from({ length: request.count }, (_, i) => registerAt(request, request.address + i));
    if (registers.includes(undefined)) return readFailure("bus_exception", "exception 2", 2);
    return { ok: true, reply: Uint16Array.from(registers as number[]) };
  };
const fitsOf = (read: (request: ReadRequest) => Promise<ReadOutcome>) => fitTemplates(read, 1, templates, () => {});

test("every template with identification registers is named by them, whatever else the device holds", async () => {
  const { random } = seeded("identification");
  const identified = templates.filter(({ identify }) => identify.length > 0 && identify.every(({ type }) => type !== "string"));
  assert.ok(identified.length > 0);
  for (const { template, base, identify, order } of identified) {
    const known = new Map<string, number>();
    for (const { table, register, type, equals } of identify) {
      const words = /32/.test(type) ? [Number(equals) >>> 16, Number(equals) & 0xffff] : [Number(equals)];
      if (order === "CDAB") words.reverse();
      for (const [i, word] of words.entries()) known.set(`${table} ${register - base + i}`, word);
    }
    const { fits } = await fitsOf(device(({ table }, address) => known.get(`${table} ${address}`) ?? Math.floor(65_536 * random())));
    assert.deepEqual(
      fits.map(({ template, fit }) => [template, fit]),
      [[template, "is"]],
    );
  }
});

test("registers that are all zero fit nothing, random ones hardly ever; at most three are named", async () => {
  assert.deepEqual((await fitsOf(device(() => 0))).fits, []);
  assert.deepEqual((await fitsOf(device(() => undefined))).fits, []);
  const { random } = seeded("random registers");
  let named = 0;
  for (let n = 0; n < 20; n++) {
    const { fits, isWhole } = await fitsOf(device(() => Math.floor(65_536 * random())));
    assert.ok(isWhole && fits.length <= 3);
    assert.ok(fits.every(({ fit }) => fit === "may be"));
    if (fits.length > 0) named++;
  }
  // Chance fits now and then: 2 of 500 where it was measured.
  assert.ok(named <= 3, `${named} of 20 random devices were named`);
});

test("golden frames: most devices that answer as their template's frames say are among the three", async (t) => {
  let [named, of] = [0, 0];
  for (const { template, base, golden, identify } of templates) {
    if (golden.length === 0 || identify.length > 0) continue;
    const known = new Map<string, number>();
    for (const { table, register, count, reply } of golden) {
      const bytes = Buffer.from(reply.replaceAll(" ", ""), "hex");
      for (let i = 0; i < count; i++) known.set(`${table} ${register - base + i}`, bytes.readUInt16BE(3 + 2 * i));
    }
    const { fits } = await fitsOf(device(({ table }, address) => known.get(`${table} ${address}`) ?? 0));
    of++;
    if (fits.some((fit) => fit.template === template)) named++;
    else t.diagnostic(`not named: ${template}; named: ${fits.map((fit) => fit.template).join(", ")}`);
  }
  // The others say little of what their points may be, and nothing that would tell them from chance.
  t.diagnostic(`${named} of ${of} named`);
  assert.ok(named > of / 2);
});

test("a template that begins with what can be anything is judged by the blocks that tell most", async () => {
  const template = templates.find((one) => one.template === "danfoss/fc-51") as RegisterTemplate;
  const known = new Map(template.golden.map(({ register, reply }) => [register, Buffer.from(reply.replaceAll(" ", ""), "hex")] as const));
  const { fits } = await fitsOf(device(({ address }, at) => known.get(address)?.readUInt16BE(3 + 2 * (at - address))));
  assert.deepEqual(
    fits.map(({ template, fit, why }) => [template, fit, why]),
    [["danfoss/fc-51", "may be", "3 of its 16 points are there, 3 of 3 that have a range or words lie in it"]],
  );
});
