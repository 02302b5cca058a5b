// A diagnosis → the sentence a technician reads, and its lines as a table has them. Pure.
import { causes, type Diagnosis, type LineSource, type SpectralLine, unknownReasons } from "@millwright/contract/diagnosis";
import { counted } from "@millwright/kit/counted";

/** "Outer race of the bearing: line at 236.1 Hz (expected 236.4), 3 harmonics, 18 dB over the floor." */
export function diagnosisText(diagnosis: Diagnosis): string {
  if (diagnosis.status === "unknown") {
    const between = diagnosis.candidates.map((cause) => causes[cause].text).join("; ");
    return `Cause unknown: ${unknownReasons[diagnosis.reason]}${between === "" ? "" : ` (${between})`}.`;
  }
  const { text } = causes[diagnosis.cause];
  const [first] = diagnosis.lines;
  if (first === undefined) return `${text}.`;
  const same = diagnosis.lines.filter(({ of, spectrum }) => of === first.of && spectrum === first.spectrum);
  const sides = same.filter(({ sideband }) => sideband !== undefined).length;
  const harmonics = same.length - sides;
  const parts = [
    `line at ${hzText(first.hz)} Hz (expected ${hzText(first.expected_hz)})`,
    harmonics < 2 ? null : `${harmonics} harmonics`,
    sides === 0 ? null : counted(sides, "sideband"),
    `${Math.round(first.height_db)} dB over the floor`,
    first.growth_db === null || first.spectrum === "envelope" ? null : `${Math.round(first.growth_db)} dB over its healthy level`,
  ];
  return `${text}: ${parts.filter((part) => part !== null).join(", ")}.`;
}

const hzText = (hz: number): string => hz.toFixed(1);

const sources: Record<LineSource, string> = {
  shaft: "shaft",
  mains: "mains",
  bpfo: "outer race",
  bpfi: "inner race",
  bsf: "rolling element",
  ftf: "cage",
};

/** "2 × inner race, + 1 turn, in the envelope" */
export function lineTitle({ of, order, sideband, spectrum }: SpectralLine): string {
  const side = sideband === undefined ? "" : `, ${sideband < 0 ? "−" : "+"} 1 turn of the ${of === "bsf" ? "cage" : "shaft"}`;
  return `${order} × ${sources[of]}${side}${spectrum === "envelope" ? ", in the envelope" : ""}`;
}

export const lineText = ({ hz, expected_hz, height_db }: SpectralLine): string =>
  `${hzText(hz)} Hz (expected ${hzText(expected_hz)}), ${height_db.toFixed(0)} dB`;
