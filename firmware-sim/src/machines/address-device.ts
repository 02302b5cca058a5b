// A device whose every register says whose it is: the unit in the upper 4 bits, the address in the lower 12. It tells a wrong base, a foreign reply and
// an old one from the right one.
import type { MachineDevice } from "./machine-device.ts";

/** What register `address` of either table holds. */
export const addressWord = (unit: number, address: number): number => ((unit & 0xf) << 12) | (address & 0xfff);

export function createAddressDevice(unit: number): MachineDevice {
  let served = 0;
  return {
    unit,
    served: () => served,
    present() {
      served++;
      return { read: (_, address, count) => Uint16Array.from({ length: count }, (_, i) => addressWord(unit, address + i)) };
    },
  };
}
