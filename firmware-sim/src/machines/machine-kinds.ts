// The kinds of machines a scenario may name.
import { centrifugalPump } from "./centrifugal-pump.ts";

export const machineKinds = { "centrifugal-pump": centrifugalPump } as const;
export type MachineKindName = keyof typeof machineKinds;
