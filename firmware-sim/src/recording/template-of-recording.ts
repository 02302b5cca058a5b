// A profile → the device template that serves its points: holding registers (FC 3) in the profile's order, the row counter first. Pure.
import { type DeviceTemplate, registersOf, type TemplatePoint } from "@millwright/contract/device-template";
import type { RecordingProfile } from "@millwright/contract/recording-profile";

/** The point that counts rows: row index + 1. */
export const rowPoint = "row";

/** @returns the template, or "row_is_taken" where a point of the profile is itself called `row`. */
export function templateOfRecording(profile: RecordingProfile): DeviceTemplate | "row_is_taken" {
  if (Object.hasOwn(profile.points, rowPoint)) return "row_is_taken";
  const points: Record<string, TemplatePoint> = { [rowPoint]: counterPoint(0) };
  let register = registersOf.uint32;
  for (const [name, { type, scale, offset, unit }] of Object.entries(profile.points)) {
    points[name] = { register, table: "holding", type, scale, offset, unit, sentinels: [], role: "measurement" };
    register += registersOf[type];
  }
  return {
    template: `recording/${profile.profile}`,
    title: profile.title ?? `Recording ${profile.profile}`,
    source: { kind: "ours", title: "written by millwright-sim to match what it serves" },
    trust: "frames",
    base: 0,
    order: "ABCD",
    max_block: 125,
    max_gap: 16,
    points,
  };
}

/** The row counter at a register. */
export function counterPoint(register: number): TemplatePoint {
  return { register, table: "holding", type: "uint32", scale: 1, offset: 0, unit: "1", sentinels: [], role: "update_counter" };
}
