// A profile → the device template that serves its points: holding registers (FC 3) in the profile's order, the row counter first. Pure.
import type { RecordingProfile } from "@millwright/contract/recording-profile";
import { type RegisterPoint, RegisterTemplate, registersOf } from "@millwright/contract/register-template";
import * as v from "valibot";

/** The point that counts rows: row index + 1. */
export const rowPoint = "row";

/** @returns the template, or "row_is_taken" where a point of the profile is itself called `row`. */
export function templateOfRecording(profile: RecordingProfile): RegisterTemplate | "row_is_taken" {
  if (Object.hasOwn(profile.points, rowPoint)) return "row_is_taken";
  const points: Record<string, v.InferInput<typeof RegisterPoint>> = { [rowPoint]: counterPoint(0) };
  let register: number = registersOf.uint32;
  for (const [name, { type, scale, offset, unit }] of Object.entries(profile.points)) {
    points[name] = { register, type, scale, offset, unit };
    register += registersOf[type];
  }
  return v.parse(RegisterTemplate, {
    template: `recording/${profile.profile}`,
    title: profile.title ?? `Recording ${profile.profile}`,
    source: { kind: "ours", title: "written by millwright-sim to match what it serves" },
    trust: "frames",
    points,
  });
}

/** The row counter at a register. */
function counterPoint(register: number): v.InferInput<typeof RegisterPoint> {
  return { register, type: "uint32", unit: "1", role: "update_counter" };
}
