// A plant of plain devices for the simulator, and an agent that watches each of them with one bundle, so that all rows are scored from the start.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { learnDetector } from "@millwright/models/detectors/learn-detector";
import { buildBundle } from "@millwright/models/onnx/build-bundle";
import { trainingDataHash } from "@millwright/models/onnx/hashes";
import { signBundle } from "@millwright/models/onnx/sign-bundle";
import { newSigningKey, parseSigningKey, type SigningKey } from "@millwright/models/onnx/signing-key";
import { writeBundle } from "@millwright/models/onnx/write-bundle";
import { stringify } from "yaml";
import { createRandom, normal } from "../../../firmware-sim/src/random/random.ts";

export type AgentConfigOptions = {
  folder: string;
  scenario: string;
  devices: number;
  points: 5 | 30;
  everyMs: number;
  firstPort: number;
  brokerPort: number;
};

export async function writeAgentConfig(options: AgentConfigOptions): Promise<void> {
  const { folder, scenario, devices, points, everyMs, firstPort, brokerPort } = options;
  writeFileSync(scenario, stringify({ machines: { D: { kind: "signals", points, unit: 1, port: firstPort, copies: devices } } }));
  const key = parseSigningKey(newSigningKey(), "the bench's key");
  await writeBundleOf(join(folder, "bundle"), points, everyMs, key);
  const every = `${everyMs}ms`;
  const indexes = Array.from({ length: devices }, (_, i) => i);
  const template = points === 30 ? "sim/signals-30" : "sim/signals-10";
  const config = {
    version: 1,
    agent: "bench",
    site: "bench",
    gateway: { url: `mqtt://127.0.0.1:${brokerPort}` },
    data_dir: "./data",
    trusted_keys: { bench: key.publicKey },
    buses: Object.fromEntries(indexes.map((i) => [`d${i}`, { tcp: `127.0.0.1:${firstPort + i}` }])),
    machines: Object.fromEntries(
      indexes.map((i) => [`D-${i}`, { class: "other", every, model: "./bundle", reads: [{ bus: `d${i}`, unit: 1, template, every }] }]),
    ),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "agent.yaml"), stringify(config));
}

const rows = 600;

// Learned from noise that wanders wider than the simulator's signals (50 ± 20), so that a healthy row is what it sees, as nearly always in a plant.
async function writeBundleOf(folder: string, points: number, periodMs: number, key: SigningKey): Promise<void> {
  const named = Array.from({ length: points }, (_, i) => ({ name: `s${String(i + 1).padStart(2, "0")}`, unit: "1" }));
  const random = createRandom("bench");
  const wander = new Float64Array(points);
  const training = Array.from({ length: rows }, (_, n) => ({
    atMs: n * periodMs,
    values: wander.map((last, i) => {
      wander[i] = 0.6 * last + normal(random);
      return 50 + 25 * (wander[i] as number);
    }),
  }));
  const learned = learnDetector({ points: named, periodMs, rows: training });
  if (!learned.ok) throw new Error(`the bench learns nothing: ${learned.reason}`);
  const bundle = buildBundle({
    detector: learned.detector,
    id: "bench",
    version: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    machineClass: "other",
    trainingDataSha256: trainingDataHash(training),
    notes: [],
    parent: null,
  });
  await writeBundle(folder, bundle);
  await signBundle(folder, key);
}
