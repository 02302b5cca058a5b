// A plain block of float32 values that move, cheap enough for hundreds of devices in one process. Served with contract/templates/sim/signals-*.yaml.
import type { Clock } from "@millwright/kit/clock";
import type { Random } from "../random/random.ts";
import type { RegisterImage } from "../registers/register-image.ts";
import type { MachineDevice } from "./machine-device.ts";

/** Number of float32 points → the template that names them; two registers each, from register 0. */
export const signalTemplates = { 5: "sim/signals-10", 30: "sim/signals-30" } as const;

export type SignalsDeviceOptions = { points: number; unit: number; random: Random; clock: Pick<Clock, "monotonicMs"> };

export function createSignalsDevice({ points, unit, random, clock }: SignalsDeviceOptions): MachineDevice {
  const phases = Float64Array.from({ length: points }, () => random() * 2 * Math.PI);
  const speeds = Float64Array.from({ length: points }, () => 1 / (2_000 + random() * 20_000));
  const words = new Uint16Array(2 * points);
  const view = new DataView(words.buffer);
  let shownMs = Number.NaN;
  let served = 0;
  const show = (nowMs: number): void => {
    for (let i = 0; i < points; i++) {
      view.setFloat32(4 * i, 50 + 20 * Math.sin((phases[i] as number) + nowMs * (speeds[i] as number)));
      words[2 * i] = view.getUint16(4 * i);
      words[2 * i + 1] = view.getUint16(4 * i + 2);
    }
  };
  const registers: Pick<RegisterImage, "read"> = {
    read: (table, address, count) =>
      table === "input" || address + count > words.length ? null : words.subarray(address, address + count),
  };
  return {
    unit,
    served: () => served,
    present() {
      const nowMs = clock.monotonicMs();
      if (nowMs !== shownMs) {
        shownMs = nowMs;
        served++;
        show(nowMs);
      }
      return registers;
    },
  };
}
