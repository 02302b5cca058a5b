import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { formatIssue } from "@millwright/kit/yaml-file";
import type { ReadPoint } from "../registers/device-reader.ts";
import { compileDerived } from "./compile-derived.ts";
import { type LoadedConfig, loadConfig } from "./load-config.ts";
import { compileRunning, compileStates } from "./resolve-running.ts";
import { type ResolvedMachine, unitOf } from "./resolved-config.ts";
import { brokenConfigs } from "./test-support/broken-configs.ts";
import { brokenDeviceConfigs, deviceFiles } from "./test-support/broken-device-configs.ts";
import { brokenExpressionConfigs } from "./test-support/broken-expression-configs.ts";
import { brokenTemplateConfigs } from "./test-support/broken-template-configs.ts";
import { goodConfig, goodTemplate } from "./test-support/good-config.ts";

const root = mkdtempSync(join(tmpdir(), "millwright-config-"));
after(() => rmSync(root, { recursive: true }));

function write(folder: string, files: Record<string, string>): string {
  const dir = join(root, folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text, { mode: name.endsWith(".secret") ? 0o600 : 0o644 });
  }
  return dir;
}

const registersOf = (machine: ResolvedMachine | undefined): readonly ReadPoint[] =>
  (machine?.reads ?? []).flatMap(({ source }) => (source.protocol === "modbus" ? source.points : []));
const load = (dir: string): LoadedConfig => loadConfig(join(dir, "agent.yaml"));
const linesOf = (loaded: LoadedConfig, dir: string): string[] =>
  (loaded.ok ? [] : loaded.issues).map((issue) => formatIssue({ ...issue, file: relative(dir, issue.file) }));

const broken = [...brokenConfigs, ...brokenTemplateConfigs, ...brokenExpressionConfigs, ...brokenDeviceConfigs];
for (const [i, { name, files, line }] of broken.entries()) {
  test(`${name}: one line, at its place`, () => {
    const dir = write(`broken-${i}`, { "agent.yaml": goodConfig, "own/acme/flow-meter.yaml": goodTemplate, ...files });
    assert.deepEqual(linesOf(load(dir), dir), [line]);
  });
}

test("there are at least twenty broken configurations", () => assert.ok(broken.length >= 20));

test("all mistakes are shown at once, in the order of the file, also where the schema already complains", () => {
  const text = goodConfig
    .replace("timeout: 200ms", "timeout: soon")
    .replace("acme/flow-meter, every", "acme/flow-metre, every")
    .replace("[flow]", "[floww]");
  const dir = write("many", { "agent.yaml": text, "own/acme/flow-meter.yaml": goodTemplate });
  const loaded = load(dir);
  const lines = linesOf(loaded, dir);
  assert.equal(lines.length, 3, lines.join("\n"));
  assert.ok(lines[0]?.includes("timeout") && lines[1]?.includes("flow-metre") && lines[2]?.includes("floww"));
});

test("a password file that others can read, and an absent one", () => {
  const dir = write("secret", { "agent.yaml": goodConfig, "own/acme/flow-meter.yaml": goodTemplate });
  const secret = (text: string): string[] => {
    writeFileSync(join(dir, "agent.yaml"), goodConfig.replace('1883" }', `1883", ${text} }`));
    return linesOf(load(dir), dir);
  };
  assert.deepEqual(secret("username: a, password_file: p.secret"), [
    'agent.yaml:4:69  gateway.password_file "p.secret" does not exist. Write the password into it, then: chmod 600.',
  ]);
  writeFileSync(join(dir, "p.secret"), "x", { mode: 0o600 });
  assert.deepEqual(secret("username: a, password_file: p.secret"), []);
  chmodSync(join(dir, "p.secret"), 0o644);
  assert.deepEqual(secret("username: a, password_file: p.secret"), [
    'agent.yaml:4:69  gateway.password_file "p.secret" may be read by everybody on this box. Run: chmod 600, and change the password.',
  ]);
});

test("a good configuration is resolved: points in order, defaults filled in, limits merged", () => {
  const text = goodConfig.replace("    model: auto", "    model: auto\n    model_old_after: 180d");
  const dir = write("good", { "agent.yaml": text, "own/acme/flow-meter.yaml": goodTemplate });
  const loaded = load(dir);
  assert.ok(loaded.ok, linesOf(loaded, dir).join("\n"));
  assert.deepEqual(loaded.warnings, []);
  const { config } = loaded;
  assert.deepEqual(config.buses, [{ name: "panel", kind: "modbus-tcp", host: "10.0.0.7", port: 502, timeoutMs: 200, retries: 1 }]);
  const [first, second] = config.machines;
  assert.deepEqual(
    registersOf(first).map(({ name, address, order }) => [name, address, order]),
    [
      ["rows", 0, "CDAB"],
      ["flow", 2, "CDAB"],
      ["status", 10, "ABCD"],
    ],
  );
  assert.deepEqual(
    first?.reads.map(({ pointIndexes, everyMs }) => [pointIndexes, everyMs]),
    [[[0, 1, 2], 500]],
  );
  assert.equal(first?.counterIndex, 0);
  assert.deepEqual([first?.modelOldAfterMs, second?.modelOldAfterMs], [180 * 86_400_000, undefined]);
  assert.deepEqual(first?.limits, { flow: { warning_low: 5 } });
  assert.deepEqual([second?.site, second?.counterIndex, second?.points.length], ["acme/line2", null, 1]);
  assert.deepEqual(second?.limits, { flow: { warning_low: 1, critical_low: 0.5 } });
  assert.equal(config.dataDir, join(dir, "millwright-data"));
});

test("derived points stand behind the others, with their units, and may have limits", () => {
  const text = goodConfig.replace(
    "    limits:\n",
    "    derived:\n      half: flow / 2\n      power: { expression: max(half, 1) * 3, unit: kW, range: [0, 10] }\n    limits:\n      half: { warning_high: 3 }\n",
  );
  const dir = write("derived", {
    "agent.yaml": text.replace("max(half, 1) * 3", '"max(half, 1) * 3"'),
    "own/acme/flow-meter.yaml": goodTemplate,
  });
  const loaded = load(dir);
  assert.ok(loaded.ok, linesOf(loaded, dir).join("\n"));
  const machine = loaded.config.machines[1] as ResolvedMachine;
  assert.deepEqual(machine.points.slice(1), [
    { name: "half", unit: "1", role: "measurement" },
    { name: "power", unit: "kW", role: "measurement", range: [0, 10] },
  ]);
  assert.deepEqual(
    machine.derived.map(({ pointIndex }) => pointIndex),
    [1, 2],
  );
  assert.deepEqual(machine.limits["half"], { warning_high: 3 });
  const [shown, reasons] = [Float64Array.of(8, Number.NaN, Number.NaN), [null, null, null]];
  compileDerived(machine)?.fill(shown, reasons);
  assert.deepEqual(
    [[...shown], reasons],
    [
      [8, 4, 12],
      [null, null, "out_of_range"],
    ],
  );
});

test("running_when is a condition over all points, derived ones too; a machine without it always runs", () => {
  const conditions = "    derived: { half: flow / 2 }\n    running_when: half > 1 && flow < 90\n    settle: 1m\n    limits:\n";
  const dir = write("running", {
    "agent.yaml": goodConfig.replace("    limits:\n", conditions),
    "own/acme/flow-meter.yaml": goodTemplate,
  });
  const loaded = load(dir);
  assert.ok(loaded.ok, linesOf(loaded, dir).join("\n"));
  const [always, sometimes] = loaded.config.machines as [ResolvedMachine, ResolvedMachine];
  assert.equal(compileRunning(always), null);
  const rule = compileRunning(sometimes);
  assert.deepEqual(
    rule?.uses.map(({ index }) => index),
    [1, 0],
  );
  assert.deepEqual([rule?.settleMs, rule?.gapMs], [60_000, 60_000]);
  assert.deepEqual([rule?.evaluate({ half: 2, flow: 4 }), rule?.evaluate({ half: 0.5, flow: 1 })], [1, 0]);
});

test("states are conditions in the order of the file, and settle needs no running_when beside them; their order is part of the revision", () => {
  const withStates = (states: string) => {
    const conditions = `    states: { ${states} }\n    settle: 20s\n    limits:\n`;
    const dir = write("states", {
      "agent.yaml": goodConfig.replace("    limits:\n", conditions),
      "own/acme/flow-meter.yaml": goodTemplate,
    });
    const loaded = load(dir);
    assert.ok(loaded.ok, linesOf(loaded, dir).join("\n"));
    return loaded.config;
  };
  const config = withStates("full: flow > 20, idle: flow > 2");
  const [always, sometimes] = config.machines as [ResolvedMachine, ResolvedMachine];
  assert.deepEqual([compileStates(always), compileRunning(sometimes)], [null, null]);
  const rule = compileStates(sometimes);
  assert.deepEqual(
    rule?.states.map(({ name, uses, evaluate }) => [name, uses[0]?.name, evaluate({ flow: 10 })]),
    [
      ["full", "flow", 0],
      ["idle", "flow", 1],
    ],
  );
  assert.deepEqual([rule?.settleMs, rule?.gapMs], [20_000, 40_000]);
  assert.notEqual(withStates("idle: flow > 2, full: flow > 20").revision, config.revision);
});

test("the revision follows the meaning, not the text", () => {
  const revisionOf = (name: string, config: string, template = goodTemplate): string => {
    const loaded = load(write(name, { "agent.yaml": config, "own/acme/flow-meter.yaml": template }));
    return loaded.ok ? loaded.config.revision : "broken";
  };
  const revision = revisionOf("revision-a", goodConfig);
  assert.match(revision, /^[0-9a-f]{16}$/);
  assert.equal(revisionOf("revision-b", `# a comment\n${goodConfig}`), revision);
  assert.notEqual(revisionOf("revision-c", goodConfig.replace("500ms", "400ms")), revision);
  assert.notEqual(revisionOf("revision-d", goodConfig, goodTemplate.replace("register: 11", "register: 12")), revision);
});

test("a good configuration of JSON and text devices", () => {
  const dir = write("devices", { ...deviceFiles, "h.secret": "Authorization: Bearer x\n" });
  writeFileSync(join(dir, "agent.yaml"), deviceFiles["agent.yaml"].replace("timeout: 2s", "timeout: 2s, headers_file: h.secret"));
  const loaded = load(dir);
  assert.ok(loaded.ok, linesOf(loaded, dir).join("\n"));
  const [master, scale] = loaded.config.buses;
  assert.deepEqual(master, {
    name: "master",
    kind: "http-json",
    url: "http://10.0.0.9",
    headersFile: join(dir, "h.secret"),
    timeoutMs: 2_000,
    retries: 1,
  });
  assert.ok(scale?.kind === "serial-text");
  assert.deepEqual([scale.line.baud, scale.line.parity, scale.line.stopBits], [9_600, "none", 1]);
  assert.deepEqual(loaded.config.machines[0]?.reads.map(unitOf), [3, "acme/scale", 1]);
});

test("a port with two names is one bus", () => {
  const dir = write("two-names", { "own/acme/flow-meter.yaml": goodTemplate, tty: "" });
  symlinkSync(join(dir, "tty"), join(dir, "by-id"));
  const panel = 'panel: { tcp: "10.0.0.7:502", timeout: 200ms }';
  const text = goodConfig.replace(panel, `panel: { port: ${join(dir, "tty")} }\n  other: { port: ${join(dir, "by-id")} }`);
  writeFileSync(join(dir, "agent.yaml"), text);
  assert.deepEqual(linesOf(load(dir), dir), [
    `agent.yaml:8:18  buses.other.port "${join(dir, "by-id")}" is bus "panel" already. One port is one bus: use "panel" in the reads, and remove this one.`,
  ]);
});

test("unit 0 of a line is everybody, and nobody answers: a warning; behind Modbus TCP it may be a device", () => {
  const warnings = (files: Record<string, string>): string[] => {
    const dir = write("unit-0", { "own/acme/flow-meter.yaml": goodTemplate, ...files });
    const loaded = load(dir);
    assert.ok(loaded.ok);
    return loaded.warnings.map(({ line, message }) => `${line}  ${message}`);
  };
  const text = goodConfig.replace("unit: 2", "unit: 0");
  assert.deepEqual(warnings({ "agent.yaml": text }), []);
  assert.deepEqual(warnings({ "agent.yaml": text.replace("tcp:", "rtu_tcp:") }), [
    "20  warning: machines.M-2.reads.0.unit 0 asks all units of a line at once, and then none answers. Give the device's own unit, 1 to 247.",
  ]);
});

test("a bus that nobody reads, a bundle that nobody signed, and a counter read too slowly, are warnings", () => {
  const text = goodConfig.replace("machines:", '  spare: { tcp: "10.0.0.8:502" }\nmachines:').replace("every: 500ms", "every: 800ms");
  const dir = write("warnings", {
    "agent.yaml": text.replace("model: auto", "model: given"),
    "given/manifest.json": "{}",
    "own/acme/flow-meter.yaml": goodTemplate,
  });
  const loaded = load(dir);
  assert.ok(loaded.ok);
  assert.deepEqual(
    loaded.warnings.map((issue) => formatIssue({ ...issue, file: relative(dir, issue.file) })),
    [
      "agent.yaml:8:3  warning: buses.spare is read by no machine.",
      'agent.yaml:13:12  warning: machines.M-1.model "given" is not signed, so it will be refused. Run: millwright-models sign given --key FILE, and add that key to trusted_keys.',
      "agent.yaml:15:66  warning: machines.M-1.reads.0.every 800ms is more than half of the machine's 1s: rows of the device can be missed. Use 500ms or less.",
    ],
  );
});

test("a line that is too slow for a reply within the timeout, or for all that is read on it, is warned of", () => {
  const panel = 'panel: { tcp: "10.0.0.7:502", timeout: 200ms }';
  const warnings = (settings: string, every = "500ms"): string[] => {
    const text = goodConfig.replace(panel, `panel: { port: /dev/millwright-none, ${settings} }`).replace("500ms", every);
    const loaded = load(write("slow-line", { "agent.yaml": text, "own/acme/flow-meter.yaml": goodTemplate }));
    assert.ok(loaded.ok);
    return loaded.warnings.map(({ line, column, message }) => `${line}:${column}  ${message}`);
  };
  assert.deepEqual(warnings("baud: 9600, timeout: 200ms"), []);
  assert.deepEqual(warnings("baud: 1200, timeout: 100ms"), [
    "7:61  warning: buses.panel.timeout 100ms is shorter than 11 registers take at 1200 baud, 353ms and the device's own time: every such read would time out. Make it longer, or give the template a smaller max_block.",
  ]);
  assert.deepEqual(warnings("baud: 1200, timeout: 1s", "250ms"), [
    "7:3  warning: buses.panel would be busy 158 % of the time at 1200 baud, without the time the devices take: reads will be skipped. Read less often, choose points with only:, or raise the baud rate of the line and its devices.",
  ]);
});

test("prognosis: the limit that wear goes to is the machine's or its template's; a bundle's folder is looked at; mistakes at their place", () => {
  const withPrognosis = (text: string, files: Record<string, string> = {}) => {
    const limits = "limits: { flow: { critical_high: 90 } }";
    const config = goodConfig.replace("model: auto", `model: auto\n    prognosis: ${text}\n    ${limits}`);
    const dir = write(`prognosis-${text.length}`, { "agent.yaml": config, "own/acme/flow-meter.yaml": goodTemplate, ...files });
    return { loaded: load(dir), lines: linesOf(load(dir), dir) };
  };
  const wear = withPrognosis("{ wear_of: flow, horizons: [30m, 24h] }").loaded;
  assert.ok(wear.ok);
  const expected = { kind: "wear", of: "flow", limit: 90, horizonsMs: [1_800_000, 86_400_000] };
  assert.deepEqual(wear.config.machines[0]?.prognosis, expected);
  const bundled = withPrognosis("{ bundle: given, horizons_cycles: [10, 30] }", {
    "given/manifest.json": "{}",
    "given/signature.json": "{}",
  });
  assert.ok(bundled.loaded.ok && bundled.loaded.config.machines[0]?.prognosis?.kind === "bundle", bundled.lines.join());
  const at = "agent.yaml:13:";
  for (const [text, line] of [
    ["{ wear_of: flaw }", `${at}27  machines.M-1.prognosis.wear_of "flaw" is not a point of this machine. Did you mean "flow"?`],
    ["{ wear_of: rows_x }", /wear_of "rows_x" is not a point/],
    ["{ wear_of: status }", /"status" has no upper limit to wear towards\. Give it one under limits: critical_high\./],
    ["{ bundle: nowhere }", /bundle "nowhere" does not exist/],
    ["{ bundle: x, wear_of: flow }", /needs bundle or wear_of, one of them/],
    ["{ wear_of: flow, horizons: [24h, 30m] }", /horizons must rise from one to the next/],
    ["{ wear_of: flow, horizons: [1m] }", /must be a duration from 30m to 365d/],
    ["{ wear_of: flow, load: pwr }", /load "pwr" is not a point of this machine/],
    ["{ bundle: x, load: flow }", /must have load beside wear_of alone/],
    ["{ wear_of: flow, horizons_cycles: [3] }", /must have horizons alone beside wear_of/],
  ] as const) {
    const { lines } = withPrognosis(text);
    if (typeof line === "string") assert.deepEqual(lines, [line]);
    else assert.match(lines.join("\n"), line);
  }
});

test("the example configurations are good", () => {
  for (const name of ["agent.yaml", "running-states.yaml"]) {
    const loaded = loadConfig(fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)));
    assert.ok(loaded.ok, loaded.ok ? "" : loaded.issues.map(formatIssue).join("\n"));
  }
});
