// The bus that a tool's options describe, for tools that look at a line before anyone knows what is on it.
import type { Values } from "@millwright/kit/command-line";
import type { ResolvedBus } from "../../config/resolved-config.ts";
import { type Devices, devicesOf } from "./device-options.ts";

/** Options are read as those of one device; which type it is does not matter here, so one that is always there stands for it. */
const anyTemplate = "sim/centrifugal-pump";

/** @throws UsageError */
export function oneBus(values: Values): { bus: ResolvedBus; devices: Devices } {
  const devices = devicesOf({ unit: "1", ...values, template: anyTemplate });
  const [bus] = devices.buses;
  if (bus === undefined) throw new Error("one device has one bus");
  return { bus, devices };
}
