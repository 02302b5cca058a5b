// With which settings the master opened a pty. Linux's ptys drop the parity bit, so an agent that was started with MILLWRIGHT_SERIAL_SETTINGS=<folder>
// writes them into `<folder>/<name of the port>.json`: {baud, data_bits, parity, stop_bits}.
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as v from "valibot";
import type { LineSettings } from "./line-settings.ts";

/** Environment variable that names the folder. */
export const serialSettingsVariable = "MILLWRIGHT_SERIAL_SETTINGS";

const Opened = v.object({ baud: v.number(), data_bits: v.number(), parity: v.string(), stop_bits: v.number() });

/**
 * Whether the master, by what it wrote, hears the slaves right; true where it wrote nothing. Another number of stop bits is no hindrance: a receiver
 * is content with one.
 */
export function isOpenedAs(settings: LineSettings, path: string, folder: string | undefined): boolean {
  const opened = folder === undefined || folder === "" ? null : read(join(folder, `${basename(path)}.json`));
  return opened === null || (opened.baud === settings.baud && opened.data_bits === settings.dataBits && opened.parity === settings.parity);
}

function read(file: string): v.InferOutput<typeof Opened> | null {
  try {
    const parsed = v.safeParse(Opened, JSON.parse(readFileSync(file, "utf8")));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
