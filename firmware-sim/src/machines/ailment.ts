// What can go wrong with a simulated machine, and how far it has gone. Pure.

export const ailmentKinds = ["bearing_wear"] as const;
export type AilmentKind = (typeof ailmentKinds)[number];

export type Ailment = {
  kind: AilmentKind;
  /** Machine time at which it begins. */
  atMs: number;
  /** From nothing to severity 1. */
  growsOverMs: number;
};

/** exp(growth) is how many times faster wear grows at the end than at the beginning. */
const growth = 3;

/** How bad each ailment is at a machine time: 0 before it begins, 1 when it is fully grown, exponentially in between. */
export function severityOf(ailments: readonly Ailment[], kind: AilmentKind, timeMs: number): number {
  return ailments.reduce((worst, ailment) => (ailment.kind === kind ? Math.max(worst, severityAt(ailment, timeMs)) : worst), 0);
}

/** How bad one of them is. */
export const severityAt = ({ atMs, growsOverMs }: Pick<Ailment, "atMs" | "growsOverMs">, timeMs: number): number =>
  grown((timeMs - atMs) / growsOverMs);

const grown = (part: number): number => Math.expm1(growth * Math.min(1, Math.max(0, part))) / Math.expm1(growth);
