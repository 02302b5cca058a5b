// `wear` and `novelty` of a machine: what is watched, and each mistake at its place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatIssue } from "@millwright/kit/yaml-file";
import { layerLines } from "./layer-lines.ts";
import { loadConfigText } from "./load-config.ts";

const start = `version: 1
agent: hall-1
site: acme/line1
gateway: { url: "mqtt://10.0.0.1:1883" }
buses: { panel: { tcp: "10.0.0.7:502" }, sensors: { http: "http://10.0.0.8:8080" } }
machines:
  M-1:
    class: motor
    every: 1s
    reads:
      - { bus: panel, unit: 1, template: banner/qm30vt2, every: 1s }
`;
const waveforms = start
  .replaceAll("every: 1s", "every: 2h")
  .replace("bus: panel", "bus: sensors")
  .replace("banner/qm30vt2", "sim/vibration-sensor");
const load = (more: string, from = start) => loadConfigText(`${from}${more}\n`, "agent.yaml");
const machineOf = (more: string, from = start) => {
  const loaded = load(more, from);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  return loaded.config.machines[0];
};
const linesOf = (more: string, from = start): string[] => {
  const loaded = load(more, from);
  return (loaded.ok ? [] : loaded.issues).map(formatIssue);
};
const summaryOf = (more: string, from = start): string[] => {
  const loaded = load(more, from);
  return loaded.ok ? layerLines(loaded.config) : [];
};

test("a machine that asks for neither is what it was", () => {
  const machine = machineOf("");
  assert.ok(machine !== undefined && !("wear" in machine) && !("novelty" in machine));
  assert.deepEqual(summaryOf(""), []);
});

test("where it is asked for, every waveform is watched by its RMS and HF-RMS, no more often than it is read", () => {
  const asked = "    wear: waveforms";
  assert.deepEqual(machineOf(asked, waveforms)?.wear, [{ levels: ["vibration_rms", "vibration_hf_rms"], bands: [], everyMs: 7_200_000 }]);
  assert.equal(machineOf(asked, waveforms.replaceAll("every: 2h", "every: 1s"))?.wear?.[0]?.everyMs, 3_600_000);
  assert.equal(machineOf("", waveforms)?.wear, undefined);
  assert.match(linesOf(asked).join(), /wear.* this machine has no waveform/);
});

test("points that are named, one bearing or several; a snapshot is no more often than their reads", () => {
  const [one] = machineOf("    wear: { points: [vibration_rms_x, vibration_rms_z], bands: [acceleration_rms_x], every: 10m }")?.wear ?? [];
  assert.deepEqual(one, { levels: ["vibration_rms_x", "vibration_rms_z"], bands: ["acceleration_rms_x"], everyMs: 600_000 });
  const two = machineOf(
    "    wear: [{ points: [vibration_rms_x] }, { points: [vibration_rms_z], every: 1s }]",
    start.replaceAll("every: 1s", "every: 5m"),
  );
  assert.deepEqual(two?.wear, [
    { levels: ["vibration_rms_x"], bands: [], everyMs: 3_600_000 },
    { levels: ["vibration_rms_z"], bands: [], everyMs: 300_000 },
  ]);
});

test("single registers: one, or several; check says what is watched", () => {
  assert.deepEqual(machineOf("    novelty: vibration_rms_x")?.novelty, ["vibration_rms_x"]);
  assert.deepEqual(
    summaryOf("    novelty: [vibration_rms_x, vibration_rms_z]\n    wear: { points: [vibration_rms_x], bands: [acceleration_rms_x] }"),
    [
      "M-1: wear by vibration_rms_x, its stage by acceleration_rms_x; a snapshot every 1h, learned from the first 150",
      "M-1: novelty of vibration_rms_x, vibration_rms_z, a value every 1m",
    ],
  );
});

test("each mistake has its place and says what to do", () => {
  const mistakes: [more: string, line: RegExp][] = [
    [
      "    novelty: vibration_rms",
      /^agent\.yaml:12:\d+ {2}machines\.M-1\.novelty "vibration_rms" is not a point of this machine\. Did you mean/,
    ],
    ["    novelty: [vibration_rms_x, vibration_rms_x]", /novelty\.1 "vibration_rms_x" is watched already\. Give each point once\.$/],
    ["    novelty: []", /novelty .*needs at least one point/],
    ["    novelty: [a, b, c, d, e]", /must name 4 points at most/],
    ["    wear: { points: [vibration_rms] }", /wear\.points\.0 "vibration_rms" is not a point of this machine\. Did you mean/],
    ["    wear: [{ points: [vibration_rms_x], bands: [b] }]", /wear\.0\.bands\.0 "b" is not a point of this machine/],
    ["    wear: { points: [] }", /wear.*needs at least one point/],
    ["    wear: none", /wear/],
    [
      "    derived: { loud: { expression: vibration_rms_x * 2.0, unit: dB } }\n    wear: { points: [loud] }",
      /"loud" is in dB, .*Give a level such as an RMS\.$/,
    ],
  ];
  for (const [more, line] of mistakes) {
    const [found = "", ...others] = linesOf(more);
    assert.match(found, line);
    assert.deepEqual(others, []);
  }
});
