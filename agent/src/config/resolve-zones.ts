// `vibration_zones` of a machine → for each of its points the boundaries that hold, in the machine's own units; and what is wrong with them.
import type { MachineConfig, VibrationZones } from "@millwright/contract/agent-config";
import { type VibrationStandard, vibrationStandards } from "@millwright/contract/vibration-standard";
import { nearest } from "@millwright/kit/nearest";
import { mmSPerUnit, velocityUnits, type ZoneRule } from "@millwright/models/decisions/vibration-zone";
import { type ConfigReport, didYouMean, type Path } from "./config-report.ts";
import type { ResolvedPoint } from "./resolved-config.ts";

/** A zone holds after three rows, as limits do, and not before some 10 s (DIN ISO 10816-7:2009-08, as its summary on fdokument.com says of alarms). */
const persistence = { rows: 3, ms: 10_000 };

/** @param known the machine's points; null where they are not all known, because something else is wrong. @returns one rule a point; none where nothing is said */
export function resolveZones(
  { vibration_zones: zones, class: machineClass, every }: Pick<MachineConfig, "vibration_zones" | "class" | "every">,
  known: readonly ResolvedPoint[] | null,
  path: Path,
  report: ConfigReport,
): ZoneRule[] {
  if (zones === undefined) return [];
  const at = [...path, "vibration_zones"];
  const entries = Array.isArray(zones) ? zones.map((entry, i) => ({ entry, at: [...at, i] })) : [{ entry: zones, at }];
  const persistenceRows = Math.max(persistence.rows, Math.ceil(persistence.ms / every));
  const rules: ZoneRule[] = [];
  for (const { entry, at } of entries) {
    const found = standardOf(entry, at, report);
    if (found?.not_for?.classes.includes(machineClass) === true)
      report.warn([...at, "standard"], `${found.title} is not for a ${machineClass}. It belongs to ${found.not_for.instead}.`);
    const zone = found === null ? null : zoneFor(entry, found, at, report);
    for (const [i, point] of entry.points.entries()) {
      const factor = known === null ? 1 : factorOf(point, known, [...at, "points", i], report);
      const isTwice = rules.some((rule) => rule.point === point);
      if (isTwice) report.error([...at, "points", i], `"${point}" has a zone already. Give each point once.`);
      else if (factor !== null && found !== null && zone !== null)
        rules.push({
          point,
          standard: `${found.title}, ${zone.name}`,
          boundariesMmS: zone.velocity_mm_s,
          mmSPerUnit: factor,
          persistenceRows,
        });
    }
  }
  return rules;
}

function standardOf({ standard }: VibrationZones, at: Path, report: ConfigReport): VibrationStandard | null {
  const found = vibrationStandards.find((one) => one.standard === standard);
  const names = vibrationStandards.map((one) => one.standard);
  if (found === undefined)
    report.error([...at, "standard"], `"${standard}" is not a standard that is known here. ${didYouMean(standard, names)}`);
  return found ?? null;
}

/** What the standard asks for must be answered, and nothing else. */
function zoneFor(
  entry: VibrationZones,
  { standard, asks, zones }: VibrationStandard,
  at: Path,
  report: ConfigReport,
): VibrationStandard["zones"][number] | null {
  const { standard: _, points: __, ...answers } = entry;
  const unasked = Object.keys(answers).filter((key) => !Object.hasOwn(asks, key));
  for (const key of unasked)
    report.error([...at, key], `is nothing that ${standard} asks for. ${didYouMean(key, Object.keys(asks))}`, "key");
  for (const [key, options] of Object.entries(asks)) {
    const answer = answers[key];
    const isSlip = answer === undefined && unasked.some((one) => nearest(one, [key]) !== undefined);
    if (isSlip) continue;
    if (answer === undefined) report.error([...at, key], `is missing, and ${standard} asks for it. ${choices(options)}`, "key");
    else if (!Object.hasOwn(options, String(answer)))
      report.error([...at, key], `must not be ${JSON.stringify(answer)}. ${choices(options)}`);
  }
  return zones.find(({ of }) => Object.entries(of).every(([key, answer]) => String(answers[key]) === answer)) ?? null;
}

/** `Give 1 (large: above 300 kW …) or 2 (medium …).` */
const choices = (options: Readonly<Record<string, string>>): string =>
  `Give ${Object.entries(options)
    .map(([answer, meaning]) => `${answer} (${meaning})`)
    .join(" or ")}.`;

/** Neither a unit nor a template says whether a velocity is RMS; a name may. */
export const looksLikePeak = (point: string): boolean => /(^|_)(peak|pk|pp|p2p)(_|$)/.test(point);

function factorOf(name: string, known: readonly ResolvedPoint[], at: Path, report: ConfigReport): number | null {
  const point = known.find((one) => one.name === name);
  if (point === undefined) {
    report.error(
      at,
      `"${name}" is not a point of this machine. ${didYouMean(
        name,
        known.map((one) => one.name),
      )}`,
    );
    return null;
  }
  const factor = mmSPerUnit(point.unit);
  if (factor === null)
    report.error(
      at,
      `"${name}" is in ${point.unit}, and zones are of the RMS velocity of vibration. Give a point in ${velocityUnits.join(", ")}.`,
    );
  else if (looksLikePeak(name)) report.warn(at, `"${name}" looks like a peak value, and zones are of RMS values. Give the RMS velocity.`);
  return factor;
}
