// Whether the agent can keep its data: the folder can be written, there is room for the whole outbox, and a sync is fast enough.
import { accessSync, closeSync, constants, existsSync, fdatasyncSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { freeBytesOf } from "../data-folder.ts";
import { type Finding, fail, ok, skip, warn } from "./finding.ts";

export type DiskQuestion = {
  readonly dataDir: string;
  /** What the outbox may take; null where no configuration says so. */
  readonly maxBytes: number | null;
};

const syncs = 8;
/** A commit waits for one sync; every row of every machine needs one. An SD card in good order takes 5 to 20 ms. */
const slowSyncMs = 50;

export function checkDisk({ dataDir, maxBytes }: DiskQuestion): Finding[] {
  const folder = existing(dataDir);
  const refused = refusal(folder, dataDir);
  if (refused !== null) return [fail("data_dir", `${dataDir}: ${refused.why}`, refused.next)];
  const missing = folder === dataDir ? "" : " (it is made at the first start)";
  return [ok("data_dir", `${dataDir} can be written${missing}`), checkRoom(folder, dataDir, maxBytes), checkSync(folder)];
}

// The folder itself, or the nearest one above it that is there.
function existing(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : existing(dirname(folder));
}

function refusal(folder: string, dataDir: string): { why: string; next: string } | null {
  if (!statSync(folder).isDirectory()) return { why: `${folder} is a file`, next: "Give data_dir a folder." };
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EROFS")
      return {
        why: "the file system is read-only",
        next: "A disk with errors is mounted read-only: look at `dmesg`, replace the SD card where it shows I/O errors; else remount it rw.",
      };
    return { why: `this user may not write into ${folder}`, next: mayNotWrite(folder, dataDir, process.env["USER"] ?? "USER") };
  }
}

/** What to do where a user may not write into a folder: the agent's own, or one above it, which stays whose it is. */
export const mayNotWrite = (folder: string, dataDir: string, user: string): string =>
  `Run as the user of the service, or: sudo ${folder === dataDir ? `chown -R ${user}` : `install -d -o ${user}`} ${dataDir}`;

function checkRoom(folder: string, dataDir: string, maxBytes: number | null): Finding {
  const freeBytes = freeBytesOf(folder);
  if (freeBytes === null) return skip("disk space", `cannot be told of ${folder}`);
  const free = `${gigabytes(freeBytes)} free`;
  if (maxBytes === null)
    return freeBytes > 1e9
      ? ok("disk space", free)
      : warn("disk space", free, "Make room: the outbox takes up to 2 GB by default (`buffer: { max: … }`).");
  const neededBytes = maxBytes - outboxBytes(dataDir);
  if (freeBytes >= neededBytes) return ok("disk space", `${free}, the outbox may grow by ${gigabytes(Math.max(0, neededBytes))}`);
  return warn(
    "disk space",
    `${free}, but the outbox may grow by ${gigabytes(neededBytes)}: in a long outage the disk would be full before the oldest telemetry is dropped`,
    `Make room, or give less: \`buffer: { max: ${Math.max(1, Math.floor((freeBytes * 0.8) / 1e6))}MB }\`.`,
  );
}

const outboxBytes = (dataDir: string): number =>
  ["outbox.db", "outbox.db-wal"].reduce((sum, name) => sum + (statSync(join(dataDir, name), { throwIfNoEntry: false })?.size ?? 0), 0);

const gigabytes = (bytes: number): string => (bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`);

function checkSync(folder: string): Finding {
  const file = join(folder, `.millwright-doctor-${process.pid}`);
  try {
    const times = timeSyncs(file).sort((a, b) => a - b);
    const [median = 0, worst = 0] = [times[syncs >> 1], times.at(-1)];
    const found = `a sync takes ${milliseconds(median)} (worst of ${syncs}: ${milliseconds(worst)})`;
    if (median <= slowSyncMs) return ok("disk speed", found);
    return warn(
      "disk speed",
      `${found}: slow`,
      "A worn or cheap SD card: use an industrial one, eMMC or SSD. Rows wait for it, buses do not.",
    );
  } catch (error) {
    return fail("disk speed", `cannot write: ${(error as Error).message}`, "Free space on the disk; look at `dmesg` for I/O errors.");
  } finally {
    rmSync(file, { force: true });
  }
}

function timeSyncs(file: string): number[] {
  const fd = openSync(file, "w", 0o600);
  const page = Buffer.alloc(4_096, 1);
  try {
    return Array.from({ length: syncs }, () => {
      const startMs = performance.now();
      writeSync(fd, page);
      fdatasyncSync(fd);
      return performance.now() - startMs;
    });
  } finally {
    closeSync(fd);
  }
}

const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
