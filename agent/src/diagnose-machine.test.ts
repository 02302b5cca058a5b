import assert from "node:assert/strict";
import { test } from "node:test";
import { SyntheticSignal, za2115 } from "@millwright/models/evaluation/synthetic-vibration";
import { bearingOrders } from "@millwright/models/features/bearing-frequencies";
import { learnSpectra } from "./baselines/healthy-spectra.ts";
import { diagnoseMachine, type Symptoms } from "./diagnose-machine.ts";
import { type SpectrumSnapshot, WaveformPoints, type WaveformRule } from "./samples/waveform-points.ts";

const shaftHz = 25;
const rule: WaveformRule = {
  name: "vibration",
  unit: "m/s2",
  samples: 4096,
  bandsHz: null,
  envelopeHz: null,
  bearing: bearingOrders(za2115),
  mainsHz: null,
  direction: "radial",
  shaft: { hz: shaftHz },
  places: { rms: 0 },
};

function* snapshots(its: WaveformRule, cause: "healthy" | "imbalance", seed: number): Generator<SpectrumSnapshot> {
  const points = new WaveformPoints(its, 0);
  const machine = { rateHz: 20_000, length: 4096, shaftHz, geometry: za2115, mainsHz: 50 };
  for (const [kind, windows] of [["healthy", 30] as const, [cause, 12] as const]) {
    const signal = new SyntheticSignal({ ...machine, seed, cause: kind, severity: 1 });
    for (let n = 0; n < windows; n++) {
      const waveforms = [{ samples: signal.window(), rateHz: 20_000 }];
      points.judge({ atMonotonicMs: n, shown: new Float64Array(1), reasons: [null], waveforms }, shaftHz);
      yield points.snapshot as SpectrumSnapshot;
    }
  }
}

const symptoms = (more: Partial<Symptoms>): Symptoms => ({
  spectra: [],
  healthy: undefined,
  signals: [],
  machineClass: "centrifugal-pump",
  hasWaveforms: true,
  ...more,
});
const hot = [{ point: "bearing_temperature", unit: "Cel", baseline: 42, now: 70, contribution: 0.9 }];

test("what it learned while it was well is compared with; of other settings nothing is; it survives JSON", () => {
  const seed = 31;
  const all = [...snapshots(rule, "imbalance", seed)];
  const learned = all
    .slice(0, 30)
    .reduce<ReturnType<typeof learnSpectra> | undefined>((healthy, one) => learnSpectra(healthy, [one]), undefined);
  const healthy = JSON.parse(JSON.stringify(learned)) as typeof learned;
  const last = all.at(-1) as SpectrumSnapshot;
  const named = diagnoseMachine(symptoms({ spectra: [last], healthy }));
  assert.ok(named?.status === "named" && named.cause === "imbalance", `seed ${seed}: ${JSON.stringify(named)}`);
  const other = [...snapshots({ ...rule, unit: "g" }, "imbalance", seed)].at(-1) as SpectrumSnapshot;
  const unknown = diagnoseMachine(symptoms({ spectra: [other], healthy }));
  assert.ok(unknown?.status === "unknown" && unknown.reason === "no_baseline", JSON.stringify(unknown));
  assert.equal(learnSpectra(healthy, [other])["vibration"]?.rows, 1);
});

test("without a sensor there is nothing to say, but for a hint; a hint never goes before a spectrum's cause", () => {
  assert.equal(diagnoseMachine(symptoms({ hasWaveforms: false })), null);
  const hint = diagnoseMachine(symptoms({ hasWaveforms: false, signals: hot }));
  assert.ok(hint?.status === "named" && hint.cause === "hot_bearing" && hint.lines.length === 0);
  const none = diagnoseMachine(symptoms({}));
  assert.ok(none?.status === "unknown" && none.reason === "no_spectrum");
  assert.equal(diagnoseMachine(symptoms({ signals: hot }))?.status, "named");
});
