// Whether this box knows what time it is: a plausible date, and whether somebody says that it is synchronised. The time zone does not matter:
// records carry Unix time.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createClock } from "@millwright/kit/clock";
import { type Finding, fail, ok, skip, warn } from "./finding.ts";

const askMs = 3_000;
const latestYear = 2100;

export async function checkClock(now: Date = new Date(), synchronised: () => Promise<boolean | null> = askSynchronised): Promise<Finding> {
  const time = now.toISOString().replace(/\.\d+Z$/, "Z");
  if (!createClock().isTrusted() || now.getUTCFullYear() > latestYear)
    return fail(
      "clock",
      `it is said to be ${time}, which cannot be`,
      "Set it: sudo timedatectl set-ntp true, with a time server this network lets through; a box without a battery forgets it with every power cut.",
    );
  const isSynchronised = await synchronised();
  if (isSynchronised === null)
    return skip("clock", `${time}; nothing on this box says whether it is synchronised (no timedatectl, no chronyc)`);
  if (isSynchronised) return ok("clock", `${time}, synchronised`);
  return warn(
    "clock",
    `${time}, not synchronised`,
    "sudo timedatectl set-ntp true, or name the plant's time server in /etc/systemd/timesyncd.conf or chrony.conf. TLS fails where the clock is far off.",
  );
}

// systemd-timesyncd, then systemd's own view of the kernel, then chrony; null where none can be asked.
async function askSynchronised(): Promise<boolean | null> {
  if (existsSync("/run/systemd/timesync/synchronized")) return true;
  const systemd = await ask("timedatectl", ["show", "--property=NTPSynchronized", "--value"]);
  if (systemd !== null && /^(yes|no)\s*$/.test(systemd)) return systemd.startsWith("yes");
  const chrony = await ask("chronyc", ["-c", "tracking"]);
  // chronyc(1): the last field of the report is the leap status.
  return chrony === null ? null : !chrony.trim().endsWith("Not synchronised");
}

function ask(program: string, words: string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, words, { timeout: askMs }, (error, stdout) => resolve(error === null ? stdout : null));
  });
}
