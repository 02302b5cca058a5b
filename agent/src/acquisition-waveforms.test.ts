// The example with a vibration sensor, read over real HTTP: a waveform becomes points of the machine, each trouble with its reason.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createClock } from "@millwright/kit/clock";
import { formatIssue } from "@millwright/kit/yaml-file";
import { SyntheticSignal, za2115 } from "@millwright/models/evaluation/synthetic-vibration";
import { startAcquisition, type WaveformRefusedEvent } from "./acquisition.ts";
import { loadConfig } from "./config/load-config.ts";
import type { ResolvedConfig } from "./config/resolved-config.ts";
import { answerJson, JsonServer } from "./registers/test-support/json-server.ts";
import type { MachineRow } from "./samples/machine-row.ts";

const clock = createClock();
const dir = mkdtempSync(join(tmpdir(), "millwright-waveforms-"));
after(() => rmSync(dir, { recursive: true }));
const example = readFileSync(fileURLToPath(new URL("../examples/vibration.yaml", import.meta.url)), "utf8");

function load(change: (text: string) => string): ReturnType<typeof loadConfig> {
  const file = join(dir, "agent.yaml");
  writeFileSync(file, change(example));
  return loadConfig(file);
}

function configAt(url: string): ResolvedConfig {
  const loaded = load((text) => text.replace("http://192.168.1.60:8080", url).replaceAll("every: 10s", "every: 50ms"));
  assert.ok(loaded.ok, loaded.ok ? "" : loaded.issues.map(formatIssue).join("\n"));
  return loaded.config;
}

const names = ["rms", "hf_rms", "kurtosis", "crest", "band_1", "band_2", "band_3", "band_4", "bpfo", "bpfi", "bsf", "ftf"].map(
  (figure) => `vibration_${figure}`,
);

test("a waveform's figures are points; its speed comes from another point; every trouble has its reason and is told once", async () => {
  const seed = 21;
  const machine = { rateHz: 20_000, length: 4096, shaftHz: 2000 / 60, geometry: za2115, mainsHz: 50 };
  const signal = new SyntheticSignal({ ...machine, seed, cause: "bearing_outer_race", severity: 1 });
  const good = () => ({ sample_rate_hz: 20_000, shaft_rpm: 2000, bearing_temperature: 41, samples: [...signal.window()] });
  let reply: () => object = good;
  const server = await JsonServer.start((request, response) => answerJson(reply())(request, response));
  after(() => server.stop());
  const config = configAt(server.url);
  const rows: MachineRow[] = [];
  const refused: WaveformRefusedEvent[] = [];
  const onEvent = (event: { kind: string }): void => {
    if (event.kind === "waveform_refused") refused.push(event as WaveformRefusedEvent);
  };
  const acquisition = startAcquisition({ config, clock, onRow: (row) => rows.push(row), onEvent });
  const points = config.machines[0]?.points ?? [];
  const place = (name: string): number => points.findIndex((point) => point.name === name);
  const until = async (what: string, holds: (row: MachineRow) => boolean): Promise<MachineRow> => {
    const endMs = performance.now() + 15_000;
    for (;;) {
      const row = rows.at(-1);
      if (row !== undefined && holds(row)) return row;
      if (performance.now() > endMs) assert.fail(`${what}; last row: ${JSON.stringify(row?.reasons)}, seed ${seed}`);
      await sleep(20);
    }
  };
  const reasonsOf = (row: MachineRow, wanted: readonly string[]): (string | null)[] =>
    wanted.map((name) => row.reasons[place(name)] ?? null);
  const all = (row: MachineRow, reason: string | null): boolean => reasonsOf(row, names).every((one) => one === reason);
  try {
    assert.deepEqual(
      points.map(({ name }) => name),
      [...names, "shaft_speed", "bearing_temperature"],
    );
    assert.deepEqual(
      [points[place("vibration_rms")]?.unit, points[place("vibration_kurtosis")]?.unit, points[place("vibration_bpfo")]?.unit],
      ["m/s2", "1", "dB"],
    );
    const row = await until("six windows", ({ spectra }) => (spectra?.[0]?.windows ?? 0) >= 6);
    assert.ok(all(row, null));
    const value = (name: string): number => row.values[place(name)] as number;
    assert.ok(value("vibration_rms") > 1 && value("vibration_rms") < 2, `${value("vibration_rms")}`);
    assert.ok(value("vibration_bpfo") > 10 && value("vibration_bpfi") < 6, `${value("vibration_bpfo")}, ${value("vibration_bpfi")}`);
    const bands = Math.hypot(...names.filter((name) => name.includes("band")).map(value));
    assert.ok(Math.abs(bands / value("vibration_rms") - 1) < 1e-9);

    reply = () => ({ ...good(), samples: [1, 2, 3] });
    assert.equal((await until("too short", (r) => all(r, "malformed"))).spectra, undefined);
    reply = () => ({ ...good(), samples: undefined });
    await until("missing", (r) => all(r, "sentinel") && r.reasons[place("bearing_temperature")] === null);
    reply = () => ({ ...good(), samples: new Array(4096).fill(0.25) });
    await until("a dead sensor", (r) => all(r, "flat_line"));
    // Without a speed only what needs it has no value.
    reply = () => ({ ...good(), shaft_rpm: 99_999 });
    const noSpeed = await until(
      "no speed",
      (r) => r.reasons[place("vibration_rms")] === null && r.reasons[place("vibration_bpfo")] !== null,
    );
    assert.deepEqual(reasonsOf(noSpeed, names), [...new Array(8).fill(null), ...new Array(4).fill("out_of_range")]);
    reply = good;
    await until("good again", (r) => all(r, null));
    assert.deepEqual(
      refused.map(({ device, detail }) => `${device} ${detail}`),
      [
        "vibration/1/sim/vibration-sensor vibration: 3 samples at /samples, 4096 expected",
        "vibration/1/sim/vibration-sensor vibration: there is no waveform at /samples",
      ],
    );
  } finally {
    await acquisition.stop();
  }
});

test("mistakes around a waveform are told at their place, with what to do", () => {
  const lineOf = (from: string, to: string): string[] => {
    const loaded = load((text) => {
      assert.ok(text.includes(from));
      return text.replace(from, to);
    });
    return loaded.ok ? [] : loaded.issues.map(({ line, message }) => `${line} ${message}`);
  };
  const waveform = "machines.P-201.reads.0.waveforms.vibration";
  assert.deepEqual(lineOf("            speed: shaft_speed\n", ""), [
    `22 ${waveform}.bearing needs speed: beside it, in rpm or as the point that says how fast the shaft turns.`,
  ]);
  assert.deepEqual(lineOf("speed: shaft_speed", "speed: shaft_sped"), [
    `24 ${waveform}.speed "shaft_sped" is not a point that is read from this machine. Did you mean "shaft_speed"?`,
  ]);
  assert.deepEqual(lineOf("speed: shaft_speed", "speed: bearing_temperature"), [
    `24 ${waveform}.speed "bearing_temperature" is in Cel, and a speed is in rpm (/min) or Hz.`,
  ]);
  assert.deepEqual(lineOf("          vibration:\n", "          vibratio:\n"), [
    '20 machines.P-201.reads.0.waveforms.vibratio is not a waveform of sim/vibration-sensor. Did you mean "vibration"?',
  ]);
  assert.match(
    lineOf("roller_mm: 8.407", "roller_mm: 84.07")[0] ?? "",
    /^22 .*bearing needs a roller_mm that is smaller than its pitch_mm/,
  );
});
