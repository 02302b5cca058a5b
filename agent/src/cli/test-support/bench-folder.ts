// A folder with a device type of its own (register n of the hostile server holds n) and a configuration that reads it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const template = `template: acme/meter
title: A meter for tests
source: { kind: ours, title: for tests }
trust: stated
base: 1
points:
  level: { register: 8, type: uint16, unit: mm }
  state: { register: 3, type: uint16, unit: "1", role: context, enum: { 2: running } }
  total: { register: 20, type: uint32, unit: kWh, scale: 0.001 }
  name: { register: 40, type: string, length: 2, unit: "1", role: identity }
  serial_number: { register: 9, type: uint16, unit: "1", role: identity }
  probe: { register: 6, type: uint16, unit: Cel, sentinels: [9999] }
`;

export type BenchFolder = { readonly dir: string; readonly config: string; remove(): void };

/** @param ports of the buses `one` and, where given, `two`; unit 1 on each is a machine. */
export function benchFolder(
  ports: { one: number; two?: number },
  { gateway = "mqtt://127.0.0.1:1", from = "9999", to = "9999" } = {},
): BenchFolder {
  const dir = mkdtempSync(join(tmpdir(), "millwright-tools-"));
  mkdirSync(join(dir, "own/acme"), { recursive: true });
  writeFileSync(join(dir, "own/acme/meter.yaml"), template.replace(from, to));
  const bus = (name: string, port: number): string => `  ${name}: { tcp: "127.0.0.1:${port}", timeout: 100ms, retries: 0 }\n`;
  const machine = (name: string, bus: string): string =>
    `  ${name}:\n    class: other\n    every: 1s\n    reads: [{ bus: ${bus}, unit: 1, template: acme/meter, every: 500ms }]\n`;
  const config = join(dir, "agent.yaml");
  writeFileSync(
    config,
    `version: 1\nagent: box-1\nsite: acme/line1\ngateway: { url: "${gateway}" }\ntemplates: [own]\nbuses:\n${bus("one", ports.one)}${ports.two === undefined ? "" : bus("two", ports.two)}machines:\n${machine("M-1", "one")}${ports.two === undefined ? "" : machine("M-2", "two")}`,
  );
  return { dir, config, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
