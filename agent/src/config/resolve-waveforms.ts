// The waveforms of a read → the points their figures become, and what is known around each sensor; and what is wrong with that.
import type { ReadConfig, WaveformConfig } from "@millwright/contract/agent-config";
import type { DeviceTemplate } from "@millwright/contract/device-template";
import type { WaveformPoint } from "@millwright/contract/json-template";
import { bearingOrders } from "@millwright/models/features/bearing-frequencies";
import { bearingFigures, defaultBandCount, figuresOf, type WaveformRule } from "../samples/waveform-points.ts";
import { type ConfigReport, didYouMean, type Path } from "./config-report.ts";
import type { ResolvedPoint } from "./resolved-config.ts";

export type Waveform = { readonly rule: Omit<WaveformRule, "places">; readonly points: readonly ResolvedPoint[] };

/** @param point as the template has it @param around what the read says of it */
export function resolveWaveform(
  name: string,
  point: WaveformPoint,
  around: WaveformConfig | undefined,
  path: Path,
  report: ConfigReport,
): Waveform {
  const { bearing, speed, mains_hz = null, direction = "radial", envelope_hz = null } = around ?? {};
  const { samples, unit, sample_rate_hz: rate, bands_hz = null } = point;
  if (bearing !== undefined && speed === undefined)
    report.error([...path, "bearing"], "needs speed: beside it, in rpm or as the point that says how fast the shaft turns.", "key");
  if (envelope_hz !== null && typeof rate === "number" && envelope_hz[1] > rate / 2)
    report.error(
      [...path, "envelope_hz"],
      `ends at ${envelope_hz[1]} Hz, and a waveform of ${rate} samples a second ends at ${rate / 2} Hz.`,
    );
  const figures = figuresOf(bands_hz?.length ?? defaultBandCount, bearing !== undefined);
  if (name.length > 55) report.error(path, "has a name that is too long for those of its figures: at most 55 letters.", "key");
  const orders =
    bearing === undefined
      ? null
      : bearingOrders({
          rollers: bearing.rollers,
          rollerMm: bearing.roller_mm,
          pitchMm: bearing.pitch_mm,
          contactDeg: bearing.contact_deg,
        });
  const shaft = speed === undefined ? null : typeof speed === "number" ? { hz: speed / 60 } : { point: speed, hzPerUnit: 1 / 60 };
  return {
    rule: { name, unit, samples, bandsHz: bands_hz, envelopeHz: envelope_hz, bearing: orders, mainsHz: mains_hz, direction, shaft },
    points: figures.map((figure) => ({ name: `${name}_${figure}`, unit: unitOfFigure(figure, unit), role: "measurement" })),
  };
}

/** @param taken names of the points that the machine takes from the read, in its order */
export function waveformRule({ rule, points }: Waveform, taken: readonly string[]): WaveformRule {
  const places = points.map(({ name }): [string, number] => [name.slice(rule.name.length + 1), taken.indexOf(name)]);
  return { ...rule, places: Object.fromEntries(places.filter(([, place]) => place >= 0)) };
}

function unitOfFigure(figure: string, unit: string): string {
  if (figure === "kurtosis" || figure === "crest") return "1";
  return bearingFigures.some((one) => one === figure) ? "dB" : unit;
}

/** What `waveforms:` says of points that are none. */
export function checkWaveformNames({ waveforms = {} }: ReadConfig, template: DeviceTemplate, path: Path, report: ConfigReport): void {
  const known = Object.entries(template.points).flatMap(([name, point]) => ("type" in point && point.type === "waveform" ? [name] : []));
  for (const name of Object.keys(waveforms)) {
    if (!known.includes(name))
      report.error([...path, "waveforms", name], `is not a waveform of ${template.template}. ${didYouMean(name, known)}`, "key");
  }
}

const hzPerUnit: Readonly<Record<string, number>> = {
  "/min": 1 / 60,
  "{rpm}": 1 / 60,
  "{rpm}/min": 1 / 60,
  rpm: 1 / 60,
  "1/min": 1 / 60,
  Hz: 1,
  "1/s": 1,
};

/** The rule with the unit of the point its speed comes from. @param points those that are read; null where they are not all known */
export function resolveSpeed(rule: WaveformRule, points: readonly ResolvedPoint[] | null, path: Path, report: ConfigReport): WaveformRule {
  const { shaft } = rule;
  if (points === null || shaft === null || !("point" in shaft)) return rule;
  const found = points.find(({ name }) => name === shaft.point);
  if (found === undefined)
    report.error(
      [...path, "speed"],
      `"${shaft.point}" is not a point that is read from this machine. ${didYouMean(
        shaft.point,
        points.map(({ name }) => name),
      )}`,
    );
  const per = found === undefined ? undefined : hzPerUnit[found.unit];
  if (found !== undefined && per === undefined)
    report.error([...path, "speed"], `"${shaft.point}" is in ${found.unit}, and a speed is in rpm (/min) or Hz.`);
  return { ...rule, shaft: { point: shaft.point, hzPerUnit: per ?? 1 / 60 } };
}
