// What a scan found, for a person and as a document; and what to look at where it found nothing. Pure.
import { counted } from "@millwright/kit/counted";
import type { SerialLine } from "../../registers/serial-line.ts";
import { durationWords } from "../terminal/duration-words.ts";
import type { Paint } from "../terminal/paint.ts";
import type { TemplateFit } from "./fit-templates.ts";

export type FoundUnit = {
  /** null behind an endpoint. */
  readonly line: SerialLine | null;
  readonly unit: number;
  /** It answers whatever the unit number. */
  readonly isAnyUnit: boolean;
  readonly templates: readonly TemplateFit[];
  /** False where the time was over before all templates were compared. */
  readonly isWhole: boolean;
};

export type ScanResult = {
  /** As a person types it: --port PATH or --tcp HOST:PORT. */
  readonly where: string;
  readonly found: readonly FoundUnit[];
  /** Requests that looked for units. */
  readonly tried: number;
  readonly ms: number;
  /** Settings at which bytes came that were no reply. */
  readonly strays: readonly { readonly line: SerialLine; readonly bytes: number }[];
  readonly isAll: boolean;
};

/** `19200 8E1` */
export const settingsText = ({ baud, dataBits, parity, stopBits }: SerialLine): string =>
  `${baud} ${dataBits}${parity.charAt(0).toUpperCase()}${stopBits}`;

export function scanDocument({ found, tried, ms }: ScanResult): unknown {
  return {
    found: found.map(({ line, unit, isAnyUnit, templates, isWhole }) => ({
      baud: line?.baud ?? null,
      data_bits: line?.dataBits ?? null,
      parity: line?.parity ?? null,
      stop_bits: line?.stopBits ?? null,
      unit,
      any_unit: isAnyUnit,
      templates,
      templates_complete: isWhole,
    })),
    tried,
    seconds: Math.round(ms / 100) / 10,
  };
}

export function scanLines(result: ScanResult, paint: Paint): string[] {
  const { found, tried, ms } = result;
  const effort = `${counted(tried, "request")} in ${durationWords(ms)}`;
  if (found.length === 0) return [paint.bad(`Nobody answers (${effort}).`), ...adviceFor(result).map((line) => `  ${line}`)];
  const count = counted(found.length, "unit");
  return [paint.good(`${count} found (${effort}).`), ...found.flatMap((unit) => unitLines(unit, result.where, paint))];
}

function unitLines({ line, unit, isAnyUnit, templates, isWhole }: FoundUnit, where: string, paint: Paint): string[] {
  const settings = line === null ? "" : `${settingsText(line)}, `;
  const options = `${where}${line === null ? "" : ` --baud ${line.baud} --parity ${line.parity} --stop-bits ${line.stopBits}`} --unit ${unit}`;
  const [first] = templates;
  const next =
    first === undefined
      ? `Look at its registers: millwright-agent probe ${options} --register N`
      : `Read it: millwright-agent read ${options} --template ${first.template}`;
  return [
    `${settings}${paint.bold(`unit ${unit}`)}${isAnyUnit ? " (it answers to any unit number)" : ""}`,
    ...(first === undefined
      ? ["  no template stands out"]
      : templates.map(({ template, fit, why }) => `  ${fit} ${paint.bold(template)}: ${why}`)),
    ...(isWhole ? [] : ["  not all templates were compared: it answers too slowly"]),
    paint.dim(`  ${next}`),
  ];
}

function adviceFor({ where, strays, isAll }: ScanResult): string[] {
  if (!where.startsWith("--port"))
    return ["Is this the right address? Is the device behind the converter powered? Other unit numbers: --units 1-247"];
  const [most] = strays;
  const heard =
    most === undefined
      ? []
      : [
          `Bytes that are no reply came at ${strays.map(({ line }) => settingsText(line)).join(", ")}: either another master talks on this line, or a device has other settings.`,
        ];
  return [
    ...heard,
    "Are A and B swapped? Swap the two wires: it harms nothing.",
    "Is the device powered, and its ground connected?",
    "Is the line terminated at both ends (120 ohm), and only there?",
    "Is another master on the line? Only one may ask.",
    isAll ? "Other unit numbers: --units 1-247" : "Other settings: --all. Other unit numbers: --units 1-247",
  ];
}
