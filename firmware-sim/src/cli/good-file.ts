// The value of a checked file, or one Fault with every mistake as file:line:column.
import { type FileIssue, formatIssue } from "@millwright/kit/yaml-file";
import { faultOf } from "../faults.ts";

/** @throws Fault bad_file */
export function goodFile<T extends { ok: true }>(read: T | { ok: false; issues: FileIssue[] }): T {
  if (!read.ok) throw badFile(read.issues);
  return read;
}

/** The Fault for mistakes found after reading. */
export function badFile(issues: readonly FileIssue[]): Error {
  return faultOf("bad_file", issues.map(formatIssue).join("\n"));
}
