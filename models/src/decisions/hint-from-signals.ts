// Where no spectrum names a cause: a plain hint from the signals that alarm, only where the signal itself says where to look. In: the explained signals,
// largest share first, and the machine's class. Out: a hint, or null. Pure.
import type { CauseId } from "@millwright/contract/diagnosis";
import type { MachineClass } from "@millwright/contract/names";
import type { Signal } from "@millwright/contract/prediction";

/** A signal with less of the score is not the one that alarms. */
const leastShare = 0.5;
const driven: readonly MachineClass[] = ["centrifugal-pump", "motor", "fan", "compressor", "gearbox"];

export function hintFromSignals([first]: readonly Signal[], machineClass: MachineClass): { cause: CauseId; point: string } | null {
  if (first === undefined || first.contribution < leastShare || first.baseline === null || first.now === null) return null;
  const { point, unit, baseline, now } = first;
  const isHotter = now > baseline;
  if (isTemperature(unit) && point.includes("bearing") && isHotter) return { cause: "hot_bearing", point };
  if (unit === "A" && point.includes("current") && driven.includes(machineClass)) return { cause: "motor_load", point };
  return null;
}

const isTemperature = (unit: string): boolean => ["Cel", "°C", "degF", "[degF]", "K"].includes(unit);
