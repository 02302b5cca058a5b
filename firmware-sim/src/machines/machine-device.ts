// A simulated machine as a device on the wire. Machine second 0 is the first request it answers; it steps once a period, so that
// two clients that read within one period see the same row.
import type { RegisterTemplate } from "@millwright/contract/register-template";
import type { Clock } from "@millwright/kit/clock";
import type { Random } from "../random/random.ts";
import { createRegisterImage } from "../registers/register-image.ts";
import type { WireDevice } from "../wire/wire-device.ts";
import type { Ailment } from "./ailment.ts";
import type { MachineKind } from "./machine-kind.ts";

export type MachineDevice = WireDevice & {
  /** Rows that were on the wire so far. */
  served(): number;
};

export type MachineDeviceOptions<State> = {
  kind: MachineKind<State>;
  template: RegisterTemplate;
  unit: number;
  ailments: readonly Ailment[];
  random: Random;
  clock: Pick<Clock, "monotonicMs">;
  onFirstPoll?: () => void;
};

/** From one row to the next, machine time. */
export const machinePeriodMs = 1_000;

export function createMachineDevice<State>({
  kind,
  template,
  unit,
  ailments,
  random,
  clock,
  onFirstPoll,
}: MachineDeviceOptions<State>): MachineDevice {
  const image = createRegisterImage(template);
  let state = kind.start(random);
  let startMs: number | null = null;
  let row = 0;
  const rowNow = (): number => (startMs === null ? -1 : Math.floor((clock.monotonicMs() - startMs) / machinePeriodMs));
  const show = (): void => image.write({ ...kind.points(state), [kind.counter]: row + 1 });
  show();
  return {
    unit,
    served: () => rowNow() + 1,
    present() {
      if (startMs === null) {
        startMs = clock.monotonicMs();
        onFirstPoll?.();
      }
      const due = rowNow();
      if (due > row) {
        for (; row < due; row++) state = kind.step(state, { dtMs: machinePeriodMs, ailments, random });
        show();
      }
      return image;
    },
  };
}
