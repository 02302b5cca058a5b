// What a device on the wire is to the server: a unit number and, at any moment, registers or silence.
import type { RegisterImage } from "../registers/register-image.ts";
import type { WireFaults } from "./wire-faults.ts";

export type WireDevice = {
  readonly unit: number;
  /** Most registers it gives in one reply (125): more is exception 3. */
  readonly maxBlock?: number;
  /** What its wire does; a good one where absent. */
  readonly faults?: WireFaults;
  /** Called once per valid request, at the moment of the request. @returns its registers now, or "silent": it does not answer at all. */
  present(): Pick<RegisterImage, "read"> | "silent";
};

/** The same device behind a faulty wire. While it is stuck, it goes on showing what it showed last. */
export function behindFaults(device: WireDevice, faults: WireFaults): WireDevice {
  let shown: ReturnType<WireDevice["present"]> | null = null;
  return {
    ...device,
    faults,
    present() {
      if (shown === null || !faults.isStuck) shown = device.present();
      return shown;
    },
  };
}
