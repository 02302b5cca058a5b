// Which failure mode the lines of a machine's spectra speak for, with the lines as evidence; or "don't know", and why. In: watched lines with their
// height over the floor and their growth over the healthy machine. Out: a diagnosis. Pure. For bearings after R. B. Randall and
// J. Antoni, MSSP 25 (2011); for the shaft by the orders that practitioners go by. The limits are settings of ours: docs/decisions/0018.
import type { CauseId, Diagnosis, SpectralLine, UnknownReason } from "@millwright/contract/diagnosis";

/** One sensor's lines; those a spectrum cannot tell are left out. */
export type SpectrumEvidence = {
  readonly point: string;
  readonly direction: "radial" | "axial";
  /** Spectra in the mean. */
  readonly windows: number;
  /** Hz between two lines of a spectrum. */
  readonly lineHz: number;
  /** Of each line's acceleration or velocity; `speedPower` is 1 where the samples are accelerations: mm/s fall with the frequency. */
  readonly speedPower: 0 | 1;
  readonly lines: readonly EvidenceLine[];
  readonly hasBaseline: boolean;
};

export type EvidenceLine = SpectralLine & { readonly meanSquare: number };

/** dB over the floor: a line that is there; a harmonic or a sideband that goes with one. */
const lineDb = 10;
const partDb = 6;
/** dB over the healthy machine. */
const grownDb = 6;
/** Nearer than so many dB, and two causes are one guess. */
const tieDb = 3;
/** A single spectrum is as rough as its noise. */
const leastWindows = 4;
/** Share of 1 ×, as velocity: below it the line at 2 × is that of many healthy shafts, and a rotor is out of balance. */
const secondOrderShare = 0.5;
const looseOrders = 4;
/** A strong line covers so many lines to each side (Hann window). */
const lobeLines = 2;

type Support = { readonly cause: CauseId; readonly point: string; readonly db: number; readonly lines: readonly SpectralLine[] };
type Found = { readonly supports: readonly Support[]; readonly doubt: UnknownReason | null };

/** Of all sensors of a machine. */
export function diagnoseSpectrum(sensors: readonly SpectrumEvidence[]): Diagnosis {
  const ready = sensors.filter(({ windows }) => windows >= leastWindows);
  if (sensors.length === 0) return unknown("no_spectrum");
  if (ready.length === 0) return unknown("too_few_spectra");
  const found = ready.map(supportsOf);
  const supports = unexplained(
    strongestOfEach(found.flatMap((one) => one.supports)).sort((a, b) => b.db - a.db),
    ready,
  );
  const [best, second] = supports;
  if (best === undefined) return unknown(found.find(({ doubt }) => doubt !== null)?.doubt ?? "nothing_stands_out");
  if (second !== undefined && best.db - second.db < tieDb) {
    const near = supports.filter(({ db }) => best.db - db < tieDb).slice(0, 4);
    const lines = near.flatMap((one) => one.lines).slice(0, 12);
    return { status: "unknown", reason: "tie", candidates: near.map(({ cause }) => cause), lines: lines.map(told) };
  }
  return { status: "named", cause: best.cause, point: best.point, lines: best.lines.slice(0, 12).map(told) };
}

const unknown = (reason: UnknownReason): Diagnosis => ({ status: "unknown", reason, candidates: [], lines: [] });

const told = ({ spectrum, of, order, sideband, hz, expected_hz, height_db, growth_db }: SpectralLine): SpectralLine => ({
  spectrum,
  of,
  order,
  ...(sideband === undefined ? {} : { sideband }),
  hz: rounded(hz, 2),
  expected_hz: rounded(expected_hz, 2),
  height_db: rounded(height_db, 1),
  growth_db: growth_db === null ? null : rounded(growth_db, 1),
});

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

function strongestOfEach(supports: readonly Support[]): Support[] {
  return [...Map.groupBy(supports, ({ cause }) => cause).values()].map((same) => same.reduce((top, one) => (one.db > top.db ? one : top)));
}

// A line that stands where a stronger cause has one of its own says nothing more (a race's frequency may lie on a rolling element's sideband).
function unexplained(supports: readonly Support[], sensors: readonly SpectrumEvidence[]): Support[] {
  return supports.filter(({ point, lines: [first] }, n) => {
    const reachHz = lobeLines * (sensors.find((sensor) => sensor.point === point)?.lineHz ?? 0);
    const known = supports.slice(0, n).flatMap((stronger) => (stronger.point === point ? stronger.lines : []));
    return !known.some((line) => line.spectrum === first?.spectrum && Math.abs(line.hz - first.hz) < reachHz);
  });
}

function supportsOf(evidence: SpectrumEvidence): Found {
  const bearing = bearingSupports(evidence);
  const isUncompared = !evidence.hasBaseline && bearing.length === 0;
  const shaft = evidence.hasBaseline ? [...shaftSupports(evidence), ...electricalSupports(evidence)] : [];
  return { supports: [...bearing, ...shaft], doubt: isUncompared ? "no_baseline" : null };
}

// ---- Bearings: the envelope has the defect's frequency with harmonics. A healthy bearing has none, so this speaks without a baseline, too.

const parts = [
  { of: "bpfo", cause: "bearing_outer_race", order: 1, sidebands: "not_needed" },
  { of: "bpfi", cause: "bearing_inner_race", order: 1, sidebands: "needed" },
  { of: "bsf", cause: "bearing_rolling_element", order: 2, sidebands: "not_needed" },
  { of: "ftf", cause: "bearing_cage", order: 1, sidebands: "not_needed" },
] as const;

function bearingSupports(evidence: SpectrumEvidence): Support[] {
  const envelope = evidence.lines.filter(({ spectrum }) => spectrum === "envelope");
  return parts.flatMap(({ of, cause, order, sidebands }): Support[] => {
    const mine = envelope.filter((line) => line.of === of);
    const [first, ...harmonics] = mine.filter(({ sideband }) => sideband === undefined);
    if (first?.order !== order || !isLine(first) || isShaftHarmonic(first, envelope, evidence.lineHz)) return [];
    const withIt = harmonics.filter((line) => line.height_db >= partDb);
    const sides = mine.filter((line) => line.sideband !== undefined && line.height_db >= partDb);
    if (withIt.length === 0 || (sidebands === "needed" && sides.length === 0)) return [];
    return [{ cause, point: evidence.point, db: meanDb([first, ...withIt]), lines: [first, ...withIt, ...sides] }];
  });
}

const isLine = ({ height_db, growth_db }: SpectralLine): boolean => height_db >= lineDb && (growth_db === null || growth_db >= grownDb);

// Where the envelope has the shaft's own comb, a line that lies on it is the shaft's until a finer spectrum tells them apart.
function isShaftHarmonic(line: SpectralLine, envelope: readonly SpectralLine[], lineHz: number): boolean {
  const comb = envelope.filter(({ of }) => of === "shaft");
  const shaftHz = comb[0]?.expected_hz ?? Number.NaN;
  const order = Math.round(line.hz / shaftHz);
  return Math.abs(line.hz - order * shaftHz) < 1.5 * lineHz && comb.some((one) => one.order !== order && one.height_db >= lineDb);
}

const meanDb = (lines: readonly SpectralLine[]): number => lines.reduce((sum, { height_db }) => sum + height_db, 0) / lines.length;

// ---- The shaft: what counts is what has grown, for every healthy machine has lines at its turns.

function shaftSupports(evidence: SpectrumEvidence): Support[] {
  const { point, direction, lines, lineHz } = evidence;
  const mains = lines.find(({ of }) => of === "mains");
  const shaft = turnsOf(lines).filter((line) => !isCovered(line, mains, lineHz));
  const grown = shaft.filter((line) => isLine(line) && line.growth_db !== null);
  const [one, two] = [1, 2].map((order) => grown.find((line) => line.order === order));
  // Between two turns there must be room for a line of its own.
  const areHalvesTold = (shaft[0]?.expected_hz ?? 0) / (shaft[0]?.order ?? 1) / 2 >= 2 * lobeLines * evidence.lineHz;
  const loose = looseness(grown.filter(({ order }) => areHalvesTold || Number.isInteger(order)));
  if (loose !== null) return [support("looseness", point, loose)];
  if (direction === "axial") {
    const axial = grown.filter(({ order }) => order >= 1 && order <= 3 && Number.isInteger(order));
    return axial.length === 0 ? [] : [support("misalignment", point, axial)];
  }
  // Without the second turn imbalance and misalignment look alike.
  if (!shaft.some(({ order }) => order === 2)) return [];
  const share = velocityOf(shaft, 2, evidence) / velocityOf(shaft, 1, evidence);
  if (two !== undefined && !(share < secondOrderShare)) return [support("misalignment", point, one === undefined ? [two] : [two, one])];
  return one !== undefined && !(share >= secondOrderShare) ? [support("imbalance", point, [one])] : [];
}

const turnsOf = (lines: readonly EvidenceLine[]): EvidenceLine[] =>
  lines.filter(({ spectrum, of }) => spectrum === "vibration" && of === "shaft");

/** Whether what is seen of a line may be another one's: too near to tell, or on the slope of a stronger one. */
function isCovered(line: EvidenceLine, by: EvidenceLine | undefined, lineHz: number): boolean {
  if (by === undefined) return false;
  const apart = Math.abs(line.expected_hz - by.expected_hz) / lineHz;
  return apart < lobeLines || (apart < 2 * lobeLines && by.meanSquare > line.meanSquare);
}

// Many harmonics, with half turns among them or far beyond the third.
function looseness(grown: readonly SpectralLine[]): readonly SpectralLine[] | null {
  const halves = grown.filter(({ order }) => !Number.isInteger(order));
  const high = grown.filter(({ order }) => Number.isInteger(order) && order >= 2);
  const isWide = halves.length > 0 ? halves.length + high.length >= looseOrders : high.filter(({ order }) => order > 3).length >= 2;
  return isWide ? [...halves, ...high] : null;
}

/** RMS of a shaft line, as velocity up to a factor that all of them share; NaN where there is none. */
function velocityOf(shaft: readonly EvidenceLine[], order: number, { speedPower }: SpectrumEvidence): number {
  const line = shaft.find((one) => one.order === order);
  return line === undefined ? Number.NaN : Math.sqrt(line.meanSquare) / order ** speedPower;
}

const support = (cause: CauseId, point: string, lines: readonly SpectralLine[]): Support => {
  const strongest = lines.toSorted((a, b) => (b.growth_db ?? 0) - (a.growth_db ?? 0));
  return { cause, point, db: strongest[0]?.growth_db ?? 0, lines: strongest };
};

// Twice the mains, where it can be told from the shaft's turns (a two-pole motor turns at nearly the mains').
function electricalSupports({ point, lines, lineHz }: SpectrumEvidence): Support[] {
  const mains = lines.find(({ of }) => of === "mains");
  if (mains === undefined || mains.growth_db === null || !isLine(mains)) return [];
  const turns = turnsOf(lines).filter(({ order }) => Number.isInteger(order));
  return turns.some((turn) => isCovered(mains, turn, lineHz)) ? [] : [support("electrical", point, [mains])];
}
