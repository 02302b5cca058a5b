import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Fault } from "@millwright/kit/fault";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { lockStore } from "./lock-store.ts";

const isInUse = (error: unknown): boolean => error instanceof Fault && error.code === "store_in_use";

test("a store is one gateway's; when that one is killed, the next may have it", async () => {
  const file = join(testFolder(), "gateway.db");
  const module = new URL("./lock-store.ts", import.meta.url).href;
  const script = `import { lockStore } from ${JSON.stringify(module)}; lockStore(${JSON.stringify(file)}); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "close");
  try {
    await once(child.stdout, "data");
    assert.throws(() => lockStore(file), isInUse);
  } finally {
    child.kill("SIGKILL");
  }
  await ended;
  const release = lockStore(file);
  assert.throws(() => lockStore(file), isInUse);
  release();
  release();
  lockStore(file)();
  assert.equal(statSync(`${file}.lock`).mode & 0o777, 0o600);
});
