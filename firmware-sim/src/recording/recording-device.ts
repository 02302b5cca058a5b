// A recording as a device on the wire. Machine time 0 is the moment of the first request it answers.
import type { RegisterTemplate } from "@millwright/contract/register-template";
import type { Clock } from "@millwright/kit/clock";
import { createRegisterImage } from "../registers/register-image.ts";
import type { WireDevice } from "../wire/wire-device.ts";
import { createPlayback } from "./playback.ts";
import type { Recording } from "./recording.ts";
import { rowPoint } from "./template-of-recording.ts";

/** From this machine second on, the point keeps the value it had. */
export type Stick = { point: string; atS: number };

export type RecordingDevice = WireDevice & {
  /** Rows that were on the wire so far. */
  served(): number;
  /** How long the whole recording takes, ms of machine time. */
  readonly lengthMs: number;
};

export type RecordingDeviceOptions = {
  recording: Recording;
  template: RegisterTemplate;
  unit: number;
  clock: Pick<Clock, "monotonicMs">;
  stick?: Stick | undefined;
  onFirstPoll?: () => void;
};

export function createRecordingDevice({ recording, template, unit, clock, stick, onFirstPoll }: RecordingDeviceOptions): RecordingDevice {
  const playback = createPlayback(recording.timesMs, recording.profile.period);
  const image = createRegisterImage(template);
  let startMs: number | null = null;
  let onWire = -1;
  return {
    unit,
    lengthMs: playback.endMs,
    served: () => (startMs === null ? 0 : playback.servedUntil(clock.monotonicMs() - startMs)),
    present() {
      if (startMs === null) {
        startMs = clock.monotonicMs();
        onFirstPoll?.();
      }
      const presented = playback.at(clock.monotonicMs() - startMs);
      if (presented.kind !== "row") return "silent";
      if (presented.row !== onWire) image.write(valuesOf(recording, presented.row, stick));
      onWire = presented.row;
      return image;
    },
  };
}

function valuesOf({ columns, timesMs }: Recording, row: number, stick: Stick | undefined): Record<string, number> {
  const values: Record<string, number> = { [rowPoint]: row + 1 };
  for (const [name, column] of columns) {
    const source = stick?.point === name ? stuckRow(timesMs, row, stick.atS * 1000) : row;
    values[name] = column[source] as number;
  }
  return values;
}

// The row whose value a stuck point shows: the last one before it stuck.
function stuckRow(timesMs: Float64Array, row: number, atMs: number): number {
  if ((timesMs[row] as number) < atMs) return row;
  const first = timesMs.findIndex((ms) => ms >= atMs);
  return Math.max(0, first - 1);
}
