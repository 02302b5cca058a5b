import assert from "node:assert/strict";
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ensureFolder } from "./ensure-folder.ts";

const testFolder = (): string => mkdtempSync(join(tmpdir(), "millwright-kit-"));

test("makes what is missing, for its owner only; again does nothing", () => {
  const folder = join(testFolder(), "a", "b", "c");
  ensureFolder(folder);
  ensureFolder(folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});

test("a place where nothing can be made is refused, and does not hang", () => {
  assert.throws(() => ensureFolder("/proc/nope/data"), /ENOENT|EACCES|EPERM/);
  const file = join(testFolder(), "file");
  writeFileSync(file, "");
  assert.throws(() => ensureFolder(file), /is a file, not a folder/);
});
