// Remaining life and risk of failure in words, for a ticket and a machine. Pure. Where there is no figure it says why; where a figure was never
// compared with a failure, it says that beside it.
import type { Horizon, LifeForecast, RemainingLife } from "@millwright/contract/forecast";
import { spanText } from "./amounts.ts";
import { unavailableTexts } from "./texts.ts";

/** @returns null where nothing is forecast of the machine, so that nobody reads of it */
export function forecastText({ remaining_life: life, p_fail: chance }: LifeForecast): string | null {
  if (life.status === "unavailable") {
    if (life.reason === "no_prognosis_model") return null;
    return `No forecast of its remaining life: ${unavailableTexts[life.reason]}${life.detail === undefined ? "" : ` (${life.detail})`}.`;
  }
  const horizons = chance.status === "available" ? chance.horizons : [];
  const risk = horizons.length === 0 ? "" : ` Risk of failure ${horizons.map(horizonText).join(", ")}.`;
  return `${lifeText(life)}${risk}${caveat(life, horizons)}`;
}

export type KnownLife = Extract<RemainingLife, { status: "available" }>;

function lifeText({ unit, middle, low, high, coverage, cap }: KnownLife): string {
  const amount = unit === "cycles" ? cyclesText : spanText;
  const isBeyond = (value: number): boolean => cap !== null && value >= 0.98 * cap;
  // A machine that stands still does not wear.
  const about = `${isBeyond(middle) ? `${amount(cap ?? middle)} or more` : `about ${amount(middle)}`}${unit === "ms" ? " of running" : ""}`;
  const share = `${Math.round(100 * coverage)}\u00a0%`;
  if (isBeyond(low)) return `Remaining life ${about}.`;
  const interval = unit === "cycles" ? `${Math.round(low)}–${Math.round(high)}` : `${amount(low)} – ${amount(high)}`;
  return `Remaining life ${about} (${share}: ${interval}${isBeyond(high) ? " or more" : ""}).`;
}

export const cyclesText = (cycles: number): string => `${Math.round(cycles)}\u00a0cycle${Math.round(cycles) === 1 ? "" : "s"}`;

function horizonText(horizon: Horizon): string {
  const within = "within_ms" in horizon ? spanText(horizon.within_ms) : cyclesText(horizon.within_cycles);
  return `within ${within}: ${percent(horizon.p)}${horizon.calibration === "interpolated" ? " (interpolated)" : ""}`;
}

export const percent = (p: number): string =>
  p < 0.01 ? "below 1\u00a0%" : p > 0.99 ? "above 99\u00a0%" : `${Math.round(100 * p)}\u00a0%`;

const caveat = ({ calibration }: KnownLife, horizons: readonly Horizon[]): string =>
  calibration === "uncalibrated" || horizons.some((one) => one.calibration === "uncalibrated") ? ` ${uncalibratedText}` : "";

export const uncalibratedText = "Uncalibrated: from its own wear alone, confirmed by no failure yet.";
