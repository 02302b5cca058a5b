// Mistakes do not hide each other, and one mistake is told once: nothing is told that only follows from it.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { formatIssue } from "@millwright/kit/yaml-file";
import { stringify } from "yaml";
import { loadConfigText } from "./load-config.ts";
import { goodTemplate } from "./test-support/good-config.ts";

const root = mkdtempSync(join(tmpdir(), "millwright-mistakes-"));
after(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, "own/acme"), { recursive: true });
writeFileSync(join(root, "own/acme/flow-meter.yaml"), goodTemplate);

function linesOf(text: string): string[] {
  const loaded = loadConfigText(text, join(root, "agent.yaml"));
  return loaded.ok ? [] : loaded.issues.map((issue) => formatIssue({ ...issue, file: "agent.yaml" }));
}

const withMistakes = `version: 1
agent: hall 1
site: acme/line1
gateway: { url: "mqtt://me@10.0.0.1:1883", pasword_file: secret, usr: me }
templates: [own]
buses:
  panel: { tcp: "10.0.0.7:502", timeout: soon, baud: 9600, parity: even }
machines:
  M-1:
    clas: other
    every: 1s
    colour: red
    reads:
      - { bus: pannel, unit: 1, template: acme/flow-meter, every: 500 }
    running_when: flw > 3
    limits:
      flows: { warning_low: 1 }
  M-2:
    class: pump
    every: 10s
    reads:
      - { bus: panel, unit: 2, template: acme/flow-metre, evry: 5s, only: [flow] }
`;

test("mistakes of values, names, points and templates in the same machine, bus and gateway stand beside each other", () => {
  assert.deepEqual(linesOf(withMistakes), [
    'agent.yaml:2:8  agent must be 1 to 64 letters, digits, _ or -, and begin with a letter or digit, not "hall 1"',
    "agent.yaml:4:17  gateway.url must not hold a name or a password. Use username and password_file.",
    'agent.yaml:4:44  unknown key "pasword_file". Did you mean "password_file"?',
    'agent.yaml:4:66  unknown key "usr". Known here: url, username, password_file',
    'agent.yaml:7:42  buses.panel.timeout must be a duration from 1ms to 60s, e.g. 500ms, 10s, 3m, 2h or 7d, not "soon"',
    "agent.yaml:7:48  buses.panel.baud is for a serial port, and this bus has tcp:. Remove it.",
    "agent.yaml:7:60  buses.panel.parity is for a serial port, and this bus has tcp:. Remove it.",
    'agent.yaml:10:5  unknown key "clas". Did you mean "class"?',
    'agent.yaml:12:5  unknown key "colour". Known here: class, site, model, prognosis, older_model, model_old_after, every, learn, reads, derived, running_when, states, settle, limits, vibration_zones, wear, novelty',
    'agent.yaml:14:16  machines.M-1.reads.0.bus "pannel" is not one of the buses. Did you mean "panel"?',
    "agent.yaml:14:67  machines.M-1.reads.0.every must be a duration from 10ms to 24h, e.g. 500ms, 10s, 3m, 2h or 7d, not 500",
    'agent.yaml:15:19  machines.M-1.running_when uses "flw", which is not a point of this machine. Did you mean "flow"?',
    'agent.yaml:17:7  machines.M-1.limits.flows is not a point of this machine. Did you mean "flow"?',
    'agent.yaml:19:12  machines.M-2.class must be "centrifugal-pump" or "motor" or "fan" or "compressor" or "gearbox" or "test-rig" or "other", not "pump"',
    'agent.yaml:22:42  machines.M-2.reads.0.template "acme/flow-metre" not found. Did you mean "acme/flow-meter"?',
    'agent.yaml:22:59  unknown key "evry". Did you mean "every"?',
  ]);
});

const rich = {
  version: 1,
  tenant: "acme",
  agent: "hall-1",
  site: "acme/line1",
  gateway: { url: "mqtt://10.0.0.1:1883" },
  templates: ["own"],
  data_dir: "data",
  buses: { panel: { tcp: "10.0.0.7:502", timeout: "200ms", retries: 1 }, sensor: { http: "http://10.0.0.9" } },
  machines: {
    "P-1": {
      class: "centrifugal-pump",
      site: "acme/line2",
      every: "1s",
      model_old_after: "30d",
      learn: { rows: 600 },
      prognosis: { wear_of: "flow", load: "head", load_exponent: 3, horizons: ["24h", "7d"] },
      reads: [
        { bus: "panel", unit: 1, template: "acme/flow-meter", every: "500ms", only: ["flow", "rows"] },
        { bus: "panel", unit: 2, template: "sim/centrifugal-pump", every: "1s", only: ["vibration_rms_de", "speed_rpm"] },
        {
          bus: "sensor",
          template: "sim/vibration-sensor",
          every: "10s",
          unit: 1,
          waveforms: { vibration: { bearing: { rollers: 9, roller_mm: 7.9, pitch_mm: 34.5 }, speed: 1480 } },
        },
      ],
      derived: { head: "flow * 2", head_2: { expression: "head / flow", unit: "m", range: [0, 10] } },
      states: { full: "flow > 10", idle: "flow <= 10" },
      settle: "10s",
      limits: { flow: { warning_high: 80, critical_high: 90 }, head: { critical_high: 5 } },
      vibration_zones: { standard: "iso-10816-7", category: "II", power: "up_to_200_kw", points: ["vibration_rms_de"] },
      novelty: ["flow", "head_2"],
    },
  },
  buffer: { max: "1GB", keep: "7d" },
};

test("the rich configuration is good", () => assert.deepEqual(linesOf(stringify(rich)), []));

type Node = Record<string, unknown>;
type Places = (string | number)[][];
const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null;

function placesOf(value: unknown, path: (string | number)[] = []): Places {
  if (!isNode(value)) return [];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  return keys.flatMap((key) => [[...path, key], ...placesOf(value[key], [...path, key])]);
}

/** The rich configuration with its entry at a place changed. */
function changed(place: readonly (string | number)[], change: (container: Node, key: string | number) => void): string {
  const copy = structuredClone(rich) as Node;
  const container = place.slice(0, -1).reduce<Node>((node, part) => node[part] as Node, copy);
  change(container, place.at(-1) as string | number);
  return stringify(copy);
}

/** Names that a person chooses: another one is no mistake there, or one of what refers to it. */
const chosen = ["buses", "machines", "derived", "states", "limits", "waveforms"];
/** Vibration zones take any key, which ones hangs on the standard: there it is told as missing. */
const isOpen = (place: readonly (string | number)[]): boolean => place.includes("vibration_zones");

test("a value of the wrong kind, anywhere: one line", () => {
  for (const place of placesOf(rich)) {
    const lines = linesOf(changed(place, (container, key) => Object.assign(container, { [key]: true })));
    assert.equal(lines.length, 1, `${place.join(".")}\n${lines.join("\n")}`);
  }
});

test("a slip in a key, anywhere: one line, and it says what was meant", () => {
  const slips = placesOf(rich).filter((place) => typeof place.at(-1) === "string" && !chosen.includes(String(place.at(-2))));
  assert.ok(slips.length > 40);
  for (const place of slips) {
    const slipped = `${String(place.at(-1))}x`;
    const lines = linesOf(
      changed(place, (container, key) => {
        container[slipped] = container[key];
        delete container[key];
      }),
    );
    assert.ok(lines.length === 1 || place.at(-1) === "points", `${place.join(".")}\n${lines.join("\n")}`);
    assert.ok(lines[0]?.includes(`"${slipped}"`) || isOpen(place), place.join("."));
  }
});
