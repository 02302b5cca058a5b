import assert from "node:assert/strict";
import { test } from "node:test";
import { formatIssue } from "@millwright/kit/yaml-file";
import { loadConfigText } from "./load-config.ts";

const start = `version: 1
agent: hall-1
site: acme/line1
gateway: { url: "mqtt://10.0.0.1:1883" }
buses: { panel: { tcp: "10.0.0.7:502" } }
machines:
  M-1:
    class: motor
    every: 1s
    reads:
      - { bus: panel, unit: 1, template: banner/qm30vt2, every: 1s }
    derived: { inches: { expression: vibration_rms_x / 25.4, unit: in/s } }
    vibration_zones: `;
const load = (zones: string, from = "", to = "") => loadConfigText(`${start.replace(from, to)}${zones}\n`, "agent.yaml");
const zonesOf = (zones: string, from = "", to = "") => {
  const loaded = load(zones, from, to);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.config.machines[0]?.zones;
};
const linesOf = (zones: string, from = "", to = ""): string[] => {
  const loaded = load(zones, from, to);
  return [...(loaded.ok ? [] : loaded.issues), ...loaded.warnings].map(formatIssue);
};

test("group and support choose the boundaries, in the unit of each point; a zone holds after 10 s", () => {
  const zones = zonesOf("{ standard: iso-20816-3, group: 2, support: rigid, points: [vibration_rms_x, inches] }");
  const rule = { standard: "ISO 20816-3, group 2, rigid", boundariesMmS: [1.4, 2.8, 4.5], persistenceRows: 10 };
  assert.deepEqual(zones, [
    { ...rule, point: "vibration_rms_x", mmSPerUnit: 1 },
    { ...rule, point: "inches", mmSPerUnit: 25.4 },
  ]);
  const slow = zonesOf("{ standard: iso-20816-3, group: 1, support: flexible, points: [vibration_rms_x] }", "every: 1s\n", "every: 60s\n");
  assert.deepEqual(
    slow?.map(({ boundariesMmS, persistenceRows }) => [boundariesMmS, persistenceRows]),
    [[[3.5, 7.1, 11], 3]],
  );
});

test("a list: parts of a machine that belong to several standards", () => {
  const zones = zonesOf(`
      - { standard: iso-20816-3, group: 2, support: rigid, points: [vibration_rms_x] }
      - { standard: iso-10816-7, category: II, power: up_to_200_kw, points: [vibration_rms_z] }`);
  assert.deepEqual(
    zones?.map(({ point, standard }) => [point, standard]),
    [
      ["vibration_rms_x", "ISO 20816-3, group 2, rigid"],
      ["vibration_rms_z", "ISO 10816-7, category II, up to 200 kW"],
    ],
  );
});

test("a machine without zones is what it was, to its revision", () => {
  const loaded = loadConfigText(start.replace("\n    vibration_zones: ", "\n"), "agent.yaml");
  assert.ok(loaded.ok && loaded.config.machines[0] !== undefined);
  assert.equal("zones" in loaded.config.machines[0], false);
  const other = load("{ standard: iso-20816-3, group: 2, support: rigid, points: [vibration_rms_x] }");
  assert.ok(other.ok);
  assert.notEqual(other.config.revision, loaded.config.revision);
});

const groups =
  "Give 1 (large: above 300 kW and up to 50 MW, or an electrical machine with a shaft height of 315 mm or more) or 2 (medium: above 15 kW and up to 300 kW, or an electrical machine with a shaft height from 160 mm to less than 315 mm).";
const mistakes: readonly [what: string, zones: string, line: string][] = [
  [
    "a standard that is not known",
    "{ standard: iso-20816-4, group: 2, support: rigid, points: [vibration_rms_x] }",
    '13:34  machines.M-1.vibration_zones.standard "iso-20816-4" is not a standard that is known here. Did you mean "iso-20816-3"?',
  ],
  [
    "a group that is not there",
    "{ standard: iso-20816-3, group: 3, support: rigid, points: [vibration_rms_x] }",
    `13:54  machines.M-1.vibration_zones.group must not be 3. ${groups}`,
  ],
  [
    "no group",
    "{ standard: iso-20816-3, support: rigid, points: [vibration_rms_x] }",
    `13:22  machines.M-1.vibration_zones.group is missing, and iso-20816-3 asks for it. ${groups}`,
  ],
  [
    "what this standard does not ask for",
    "{ standard: iso-20816-3, group: 2, support: rigid, suport: rigid, points: [vibration_rms_x] }",
    '13:73  machines.M-1.vibration_zones.suport is nothing that iso-20816-3 asks for. Did you mean "support"?',
  ],
  [
    "a point that is not there",
    "{ standard: iso-20816-3, group: 2, support: rigid, points: [vibration_rms_y] }",
    '13:82  machines.M-1.vibration_zones.points.0 "vibration_rms_y" is not a point of this machine. Did you mean "vibration_rms_z"?',
  ],
  [
    "an acceleration",
    "{ standard: iso-20816-3, group: 2, support: rigid, points: [vibration_rms_x, acceleration_rms_x] }",
    '13:99  machines.M-1.vibration_zones.points.1 "acceleration_rms_x" is in g, and zones are of the RMS velocity of vibration. Give a point in mm/s, cm/s, m/s, um/s, µm/s, in/s, [in_i]/s.',
  ],
  [
    "a point twice",
    "[{ standard: iso-20816-3, group: 2, support: rigid, points: [vibration_rms_x] }, { standard: iso-10816-1, class: I, points: [vibration_rms_x] }]",
    '13:147  machines.M-1.vibration_zones.1.points.0 "vibration_rms_x" has a zone already. Give each point once.',
  ],
  [
    "no points",
    "{ standard: iso-20816-3, group: 2, support: rigid, points: [] }",
    "13:81  machines.M-1.vibration_zones.points needs at least one point",
  ],
  [
    "a mistake within a list: only its own",
    "[{ standard: iso-20816-3, group: [2], support: rigid, points: [vibration_rms_x] }]",
    "13:55  machines.M-1.vibration_zones.0.group must be text or a number, not a list",
  ],
  [
    "a peak value, which is only warned of",
    "{ standard: iso-20816-3, group: 2, support: rigid, points: [vibration_peak_x] }",
    '13:82  warning: machines.M-1.vibration_zones.points.0 "vibration_peak_x" looks like a peak value, and zones are of RMS values. Give the RMS velocity.',
  ],
];
for (const [what, zones, line] of mistakes)
  test(`${what}: one line, at its place`, () => assert.deepEqual(linesOf(zones), [`agent.yaml:${line}`]));

test("a pump by the standard of other machines is warned of", () => {
  const zones = "{ standard: iso-20816-3, group: 2, support: rigid, points: [vibration_rms_x] }";
  assert.deepEqual(linesOf(zones, "class: motor", "class: centrifugal-pump"), [
    "agent.yaml:13:34  warning: machines.M-1.vibration_zones.standard ISO 20816-3 is not for a centrifugal-pump. It belongs to iso-10816-7.",
  ]);
});
