// Any register template as a device: every point moves slowly inside its range, what identifies the device says what the template says, and what the
// template does not name is not there. It has no physics; for that there are the other kinds.
import type { RegisterTemplate } from "@millwright/contract/register-template";
import type { Clock } from "@millwright/kit/clock";
import type { Random } from "../random/random.ts";
import { createRegisterImage } from "../registers/register-image.ts";
import type { MachineDevice } from "./machine-device.ts";
import { type MovingPoint, movingPoints } from "./moving-point.ts";

export type TemplateDeviceOptions = {
  template: RegisterTemplate;
  unit: number;
  random: Random;
  clock: Pick<Clock, "monotonicMs">;
};

/** Machine time for which a row of values stays. */
const rowMs = 100;

/** @throws Error where the template cannot be laid out: see createRegisterImage. */
export function createTemplateDevice({ template, unit, random, clock }: TemplateDeviceOptions): MachineDevice {
  const image = createRegisterImage(template);
  const points: readonly MovingPoint[] = movingPoints(template, { unit, random });
  let shownMs = Number.NEGATIVE_INFINITY;
  let served = 0;
  return {
    unit,
    maxBlock: template.max_block,
    served: () => served,
    present() {
      const nowMs = clock.monotonicMs();
      if (nowMs - shownMs >= rowMs) {
        shownMs = nowMs;
        served++;
        image.write(Object.fromEntries(points.map(({ name, at }) => [name, at(nowMs)])));
      }
      return image;
    },
  };
}
