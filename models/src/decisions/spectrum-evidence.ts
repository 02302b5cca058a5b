// The watched lines of one sensor → what a diagnosis weighs: named lines with their height and growth; those the spectrum cannot tell are left out. Pure.
import { type HealthySpectrum, lineGrowth } from "../features/healthy-spectrum.ts";
import type { WatchedLine } from "../features/line-plan.ts";
import type { EvidenceLine, SpectrumEvidence } from "./diagnose-spectrum.ts";

export type WatchedSpectra = {
  readonly windows: number;
  readonly lines: readonly WatchedLine[];
  readonly expectedHz: ArrayLike<number>;
  readonly hz: ArrayLike<number>;
  readonly heightDb: ArrayLike<number>;
  readonly meanSquare: ArrayLike<number>;
};

/** Rows of a healthy mean before anything is compared with it. */
const leastHealthyRows = 20;

/** @param options its `unit`: of a sample; `healthy`: null where none was learned */
export function spectrumEvidence(options: {
  point: string;
  unit: string;
  direction: "radial" | "axial";
  lineHz: number;
  spectra: WatchedSpectra;
  healthy: HealthySpectrum | null;
}): SpectrumEvidence {
  const { point, unit, direction, lineHz, spectra, healthy } = options;
  const known = healthy !== null && healthy.rows >= leastHealthyRows ? healthy : null;
  const lines = spectra.lines.flatMap((line, i): EvidenceLine[] => {
    const [hz, expectedHz, heightDb] = [spectra.hz[i] as number, spectra.expectedHz[i] as number, spectra.heightDb[i] as number];
    if (!Number.isFinite(hz) || !Number.isFinite(heightDb)) return [];
    const growth = { growth_db: lineGrowth(known, spectra, i), meanSquare: spectra.meanSquare[i] as number };
    return [{ ...line, hz, expected_hz: expectedHz, height_db: heightDb, ...growth }];
  });
  const speedPower = isVelocity(unit) ? 0 : 1;
  return { point, direction, windows: spectra.windows, lineHz, speedPower, lines, hasBaseline: known !== null };
}

/** mm/s, m/s, in/s; accelerations (m/s2, g) fall out. */
const isVelocity = (unit: string): boolean => /^[a-z[\]_]*m?\/s$/i.test(unit) || unit === "in/s";
