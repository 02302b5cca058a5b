// Which lines of a machine's spectra are watched: those that its shaft, its bearing and the mains can make. Pure data; the order is fixed, so that
// figures of two moments can be compared place by place.
import type { SpectralLine } from "@millwright/contract/diagnosis";
import type { BearingOrders } from "./bearing-frequencies.ts";

export type WatchedLine = Pick<SpectralLine, "spectrum" | "of" | "order" | "sideband">;

/** Half and whole turns: imbalance, misalignment, looseness. */
const shaftOrders = [0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6];
const harmonics = [1, 2, 3];
/** A defect of a rolling element meets both races with every turn of it. */
const bsfHarmonics = [2, 4, 6];
const sides = [-1, 1] as const;

/** Sidebands stand behind the harmonics they belong to, and all lines of a source behind its first harmonic. */
export function watchedLines({ hasBearing, hasMains }: { hasBearing: boolean; hasMains: boolean }): WatchedLine[] {
  const vibration = shaftOrders.map((order): WatchedLine => ({ spectrum: "vibration", of: "shaft", order }));
  // Electromagnetic forces pull twice in each period of the mains.
  const mains: WatchedLine[] = hasMains ? [{ spectrum: "vibration", of: "mains", order: 2 }] : [];
  if (!hasBearing) return [...vibration, ...mains];
  const line = (of: WatchedLine["of"], order: number, sideband?: -1 | 1): WatchedLine => ({
    spectrum: "envelope",
    of,
    order,
    ...(sideband === undefined ? {} : { sideband }),
  });
  const withSides = (of: WatchedLine["of"], orders: readonly number[]): WatchedLine[] => [
    ...orders.map((order) => line(of, order)),
    ...orders.slice(0, 2).flatMap((order) => sides.map((side) => line(of, order, side))),
  ];
  return [
    ...vibration,
    ...mains,
    ...harmonics.map((order) => line("shaft", order)),
    ...harmonics.map((order) => line("bpfo", order)),
    ...withSides("bpfi", harmonics),
    ...withSides("bsf", bsfHarmonics),
    ...harmonics.map((order) => line("ftf", order)),
  ];
}

/** Hz of a source's order 1. NaN where it is not known. */
export function sourceHz(of: WatchedLine["of"], shaftHz: number, bearing: BearingOrders | null, mainsHz: number | null): number {
  if (of === "shaft") return shaftHz;
  if (of === "mains") return mainsHz ?? Number.NaN;
  return shaftHz * (bearing?.[of] ?? Number.NaN);
}

/** Hz between a line and its sideband: the shaft's turning modulates an inner race, the cage's a rolling element. */
export function sidebandHz(of: WatchedLine["of"], shaftHz: number, bearing: BearingOrders | null): number {
  return of === "bsf" ? shaftHz * (bearing?.ftf ?? Number.NaN) : shaftHz;
}
