import assert from "node:assert/strict";
import { test } from "node:test";
import type { LifeForecast } from "@millwright/contract/forecast";
import { cycleForecast } from "../test-support/records.ts";
import { forecastText } from "./forecast-text.ts";

const plain = (forecast: LifeForecast): string | undefined => forecastText(forecast)?.replaceAll("\u00a0", " ");
const day = 86_400_000;

test("cycles, with the interval and every horizon; what was interpolated says so", () => {
  assert.equal(
    plain(cycleForecast),
    "Remaining life about 34 cycles (90 %: 21–52). Risk of failure within 30 cycles: 62 %, within 50 cycles: 93 % (interpolated).",
  );
});

test("lives beyond the cap, and risks near 0", () => {
  const life = { ...cycleForecast.remaining_life, middle: 124, low: 96, high: 125 } as LifeForecast["remaining_life"];
  const p_fail = { status: "available" as const, horizons: [{ within_cycles: 30, p: 0.002, calibration: "calibrated" as const }] };
  assert.equal(
    plain({ remaining_life: life, p_fail }),
    "Remaining life 125 cycles or more (90 %: 96–125 or more). Risk of failure within 30 cycles: below 1 %.",
  );
});

test("time, from the machine's own wear: uncalibrated, and says so", () => {
  const forecast: LifeForecast = {
    remaining_life: {
      status: "available",
      unit: "ms",
      middle: 9 * day,
      low: 3 * day,
      high: 40 * day,
      coverage: 0.9,
      cap: null,
      basis: "health_index",
      calibration: "uncalibrated",
      model: null,
    },
    p_fail: { status: "available", horizons: [{ within_ms: 7 * day, p: 0.3, calibration: "uncalibrated" }] },
  };
  assert.equal(
    plain(forecast),
    "Remaining life about 9 d of running (90 %: 3 d – 40 d). Risk of failure within 7 d: 30 %. Uncalibrated: from its own wear alone, confirmed by no failure yet.",
  );
});

test("no figure: why; and not a word where nothing is forecast", () => {
  const none = { status: "unavailable", reason: "unknown_condition", detail: "setting_1 is 42" } as const;
  assert.equal(
    plain({ remaining_life: none, p_fail: none }),
    "No forecast of its remaining life: it runs at an operating condition that was not learned (setting_1 is 42).",
  );
  const silent = { status: "unavailable", reason: "no_prognosis_model" } as const;
  assert.equal(forecastText({ remaining_life: silent, p_fail: silent }), null);
});
