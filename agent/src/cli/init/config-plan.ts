// What `init` has found out, before it is text.
import type { MachineClass } from "@millwright/contract/names";

export type PlannedBus = {
  readonly name: string;
  /** Its keys in the file, e.g. `{ tcp: "10.0.0.7:502" }`, in order. */
  readonly settings: Readonly<Record<string, string | number>>;
};

export type PlannedMachine = {
  readonly name: string;
  readonly class: MachineClass;
  readonly template: string;
  /** null where the template's protocol has no units. */
  readonly unit: number | null;
  /** Empty while it is open which one. */
  readonly bus: string;
};

export type ConfigPlan = {
  readonly agent: string;
  readonly site: string;
  readonly gateway: string;
  readonly buses: readonly PlannedBus[];
  readonly machines: readonly PlannedMachine[];
  /** As people write it. */
  readonly every: string;
  /** A folder with templates of one's own; null where there is none. */
  readonly templates: string | null;
};
