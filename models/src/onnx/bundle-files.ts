// The files of a bundle's folder, each read once: what was hashed is what is parsed and run, whatever happens to the folder meanwhile.
// A bundle is flat: plain files with plain names, few and small. Anything else in the folder (a link, a folder, a pipe) is refused unread.
import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileTrouble } from "@millwright/kit/file-trouble";
import { modelFault } from "./model-faults.ts";

/** By name, in the order of names. */
export type BundleFiles = ReadonlyMap<string, Buffer>;

/** `bytes`: of all files together. */
const bundleLimits = { files: 16, bytes: 8 * 1024 * 1024 } as const;

const plainName = /^[a-z0-9][a-z0-9_.-]{0,63}$/;

/** @throws Fault bundle_unreadable, bundle_changed */
export async function readBundleFiles(dir: string): Promise<BundleFiles> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: unknown) => {
    throw modelFault("bundle_unreadable", `${dir} ${fileTrouble(error)}`, error);
  });
  if (entries.length > bundleLimits.files)
    throw modelFault("bundle_changed", `${dir} holds ${entries.length} files; a bundle has at most ${bundleLimits.files}`);
  const files = new Map<string, Buffer>();
  let room: number = bundleLimits.bytes;
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isFile()) throw modelFault("bundle_changed", `${JSON.stringify(entry.name)} in ${dir} is not a plain file`);
    if (!plainName.test(entry.name))
      throw modelFault("bundle_changed", `${JSON.stringify(entry.name)} in ${dir} is no name of a bundle's file`);
    const bytes = await read(join(dir, entry.name), room);
    room -= bytes.length;
    files.set(entry.name, bytes);
  }
  return files;
}

// Links are not followed, and a pipe that took the file's place is not waited for.
async function read(file: string, room: number): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)).catch(
    (error: unknown) => {
      throw modelFault("bundle_unreadable", `${file} ${fileTrouble(error)}`, error);
    },
  );
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw modelFault("bundle_changed", `${file} is not a plain file`);
    if (stat.size > room)
      throw modelFault("bundle_changed", `${file} has ${stat.size} bytes; a bundle has at most ${bundleLimits.bytes} in all`);
    const bytes = Buffer.alloc(stat.size);
    const { bytesRead } = await handle.read(bytes, 0, stat.size, 0);
    if (bytesRead !== stat.size) throw modelFault("bundle_changed", `${file} changed while it was read`);
    return bytes;
  } finally {
    await handle.close();
  }
}
