// The raw snapshots of IMS test 2 that are open: does the diagnosis name the outer race of bearing 1, and when? The settings were fixed on synthetic
// machines before these files were looked at. Twenty snapshots, a window at a time, as a box would see them.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Diagnosis } from "@millwright/contract/diagnosis";
import { diagnoseSpectrum } from "../decisions/diagnose-spectrum.ts";
import { spectrumEvidence } from "../decisions/spectrum-evidence.ts";
import { bearingOrders } from "../features/bearing-frequencies.ts";
import { addHealthy, noHealthy } from "../features/healthy-spectrum.ts";
import { defaultBandsHz, defaultEnvelopeHz, WaveformSpectra } from "../features/waveform-spectra.ts";
import { recordedData } from "./recorded-data.ts";
import { za2115 } from "./synthetic-vibration.ts";

const data = recordedData("ims");
const rateHz = 20_000;
const length = 4096;
const shaftHz = 2000 / 60;
const healthySnapshots = 10;

test("IMS test 2: the outer race of bearing 1 is named 74 h before the end and stays; no other cause is named on any bearing", {
  skip: data === null && "no recorded data",
}, () => {
  const dir = join(data as string, "test2_raw");
  const files = readdirSync(dir).sort();
  const snapshots = files.map((file) => readFileSync(join(dir, file), "utf8").trim().split("\n"));
  const answers = [0, 1, 2, 3].map((channel) => diagnosesOf(snapshots.map((lines) => column(lines, channel))));
  const named = answers.map((diagnoses) => diagnoses.flatMap((one, i) => (one.status === "named" ? [{ i, cause: one.cause }] : [])));
  assert.ok(
    named.flat().every(({ cause }) => cause === "bearing_outer_race"),
    JSON.stringify(named),
  );
  const [first = [], ...others] = named;
  // 2004-02-16 04:32, 73.8 h before the last snapshot.
  assert.equal(files[first[0]?.i ?? -1], "2004.02.16.04.32.39");
  assert.ok(first.length >= files.length - (first[0]?.i ?? 0) - 2, `${first.length} named`);
  // What is carried over to the others through the housing comes later.
  assert.ok(others.flat().every(({ i }) => i > (first[0]?.i ?? 0)));
});

const column = (lines: readonly string[], channel: number): Float64Array =>
  Float64Array.from(lines, (line) => Number(line.split("\t")[channel]));

// Windows overlap by half; each snapshot by itself.
function diagnosesOf(snapshots: readonly Float64Array[]): Diagnosis[] {
  let healthy = noHealthy;
  return snapshots.map((samples, i) => {
    const spectra = new WaveformSpectra({
      length,
      rateHz,
      bandsHz: defaultBandsHz(rateHz),
      envelopeHz: defaultEnvelopeHz(rateHz),
      mainsHz: 60,
      speed: "name_plate",
      bearing: bearingOrders(za2115),
    });
    for (let from = 0; from + length <= samples.length; from += length / 2) {
      spectra.push(samples.subarray(from, from + length), shaftHz);
      if (i < healthySnapshots) healthy = addHealthy(healthy, spectra);
    }
    const about = { point: "vibration", unit: "g", direction: "radial" as const, lineHz: rateHz / length };
    return diagnoseSpectrum([spectrumEvidence({ ...about, spectra, healthy })]);
  });
}
