// Which settings a serial line has and who is on it. All settings are tried twice: quickly, for most devices answer at once, then patiently.
// Where a unit answers, only that setting is searched further. Promised: 6 settings and 32 units take a minute at most.
import type { SerialLine } from "../../registers/serial-line.ts";
import { LineProber } from "./line-prober.ts";
import { waitMs } from "./line-settings.ts";

/** Real ms from a request to the begin of its reply; adapters on USB take up to 16 of them. */
const quickMs = 60;
const patientMs = 180;
/** A unit must answer once more: chance makes a checksum fit now and then. */
const confirmations = 2;

export type LineSearch = {
  /** null where nobody answered. */
  readonly line: SerialLine | null;
  readonly units: readonly number[];
  /** Requests sent. */
  readonly tried: number;
  /** Settings at which bytes came that were no reply, those with most bytes first. */
  readonly strays: readonly { readonly line: SerialLine; readonly bytes: number }[];
};

/** `onTry` before each request. @throws Fault bus_unreachable, bus_connection_lost */
export async function searchLine(
  settings: readonly SerialLine[],
  units: readonly number[],
  onTry: (line: SerialLine, unit: number, isPatient: boolean) => void,
): Promise<LineSearch> {
  const strays = new Map<SerialLine, number>();
  let tried = 0;
  for (const isPatient of [false, true]) {
    for (const line of settings) {
      const prober = await LineProber.open(line);
      try {
        const found = await search(prober, line, isPatient);
        if (found.length > 0) return { line, units: found, tried, strays: [] };
      } finally {
        await prober.close();
      }
      strays.set(line, (strays.get(line) ?? 0) + prober.strayBytes);
    }
  }
  const heard = [...strays].filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a);
  return { line: null, units: [], tried, strays: heard.map(([line, bytes]) => ({ line, bytes })) };

  async function search(prober: LineProber, line: SerialLine, isPatient: boolean): Promise<number[]> {
    const found = new Set<number>();
    const asked = async (unit: number, turnaroundMs: number): Promise<boolean> => {
      onTry(line, unit, turnaroundMs === patientMs);
      tried++;
      return prober.ask(unit, waitMs(line, turnaroundMs));
    };
    const confirmed = async (unit: number): Promise<void> => {
      for (let tries = 0; tries < confirmations && !found.has(unit); tries++) if (await asked(unit, patientMs)) found.add(unit);
    };
    const doubtful: number[] = [];
    for (const unit of units) {
      const isThorough = isPatient || found.size > 0;
      await asked(unit, isThorough ? patientMs : quickMs);
      // Whoever was heard, also late, is asked again.
      for (const other of [...prober.heard]) if (!found.has(other)) await confirmed(other);
      prober.heard.clear();
      if (!isThorough && !found.has(unit)) doubtful.push(unit);
    }
    if (found.size > 0) for (const unit of doubtful) if (!found.has(unit) && (await asked(unit, patientMs))) await confirmed(unit);
    return [...found].sort((a, b) => a - b);
  }
}
