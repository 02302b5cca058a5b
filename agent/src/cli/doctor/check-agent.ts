// Whether an agent runs with this configuration, by its status file.
import type { FoundStatus } from "../../status-file.ts";
import { durationWords } from "../terminal/duration-words.ts";
import { type Finding, ok, skip, warn } from "./finding.ts";

export function checkAgent(found: FoundStatus): Finding {
  if (found.kind !== "found")
    return skip("agent", found.kind === "absent" ? "it has not run here yet" : `its status cannot be read: ${found.detail}`);
  const { status, life } = found;
  if (life.state === "running")
    return ok("agent", `${status.agent} ${status.version} runs (process ${status.pid}), up ${durationWords(status.up_ms)}`);
  if (life.state === "stopped") return skip("agent", "it was stopped in order");
  return warn("agent", `it does not run: ${life.why}`, "Start it, and see why it ended: journalctl -u millwright-agent.");
}
