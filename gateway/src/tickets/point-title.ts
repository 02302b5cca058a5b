// The name of a point → what a person calls it. Pure.

/** vibration_rms_de → "vibration RMS, drive end"; current_a in A → "current". */
export function pointTitle(point: string, unit = ""): string {
  const { what, where } = partsOf(point, unit);
  return [what, ...where].join(", ");
}

/** The same inside a sentence: "vibration RMS at the drive end". */
export function pointPhrase(point: string, unit: string): string {
  const { what, where } = partsOf(point, unit);
  return [what, ...where.map((end) => `at the ${end}`)].join(" ");
}

// What the parts of point names mean; a part that is not here is printed as it is.
const words: Record<string, string> = {
  rms: "RMS",
  hf: "HF",
  bpfo: "outer race of the bearing",
  bpfi: "inner race of the bearing",
  bsf: "rolling elements of the bearing",
  ftf: "cage of the bearing",
  rpm: "RPM",
  temp: "temperature",
  ac: "AC",
  dc: "DC",
  pct: "%",
  x: "X",
  y: "Y",
  z: "Z",
  l1: "L1",
  l2: "L2",
  l3: "L3",
  co2: "CO₂",
};
// Units as point names end with them: current_a in A is "current", for its unit stands beside every figure.
const suffixes: Record<string, string> = { c: "Cel", pct: "%", rpm: "/min", lpm: "L/min", m3h: "m3/h", mms: "mm/s" };

// Where on the machine: said once and in full, after what is measured.
const ends: Record<string, string> = { de: "drive end", nde: "non-drive end" };

function partsOf(point: string, unit: string): { what: string; where: string[] } {
  const parts = point.split("_");
  const last = parts.at(-1) ?? "";
  const isUnit = parts.length > 1 && (last === unit.toLowerCase() || (Object.hasOwn(suffixes, last) && suffixes[last] === unit));
  const named = isUnit ? parts.slice(0, -1) : parts;
  const what = named.filter((part) => !Object.hasOwn(ends, part));
  // A point that is called "de" and nothing else is no place.
  if (what.length === 0) return { what: named.join(" "), where: [] };
  return {
    what: what.map((part) => (Object.hasOwn(words, part) ? words[part] : part)).join(" "),
    where: named.filter((part) => Object.hasOwn(ends, part)).map((part) => ends[part] as string),
  };
}
