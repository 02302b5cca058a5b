import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createClock } from "@millwright/kit/clock";
import { type ResolvedConfig, type ResolvedMachine, unitOf } from "./config/resolved-config.ts";
import { deviceEvents, illegalRangesText } from "./device-events.ts";
import type { RunEvent } from "./events.ts";
import { openOutbox } from "./outbox/open-outbox.ts";
import { until } from "./registers/test-support/with-bus.ts";

test("a connection that is lost and found all the time fills neither the log nor the outbox; how it stands in the end is told", async () => {
  const dir = mkdtempSync(join(tmpdir(), "millwright-device-events-"));
  const clock = createClock({ scale: 60, originMs: Date.now() });
  const outbox = await openOutbox({ file: join(dir, "outbox.db"), tenant: "default", agent: "a", clock, maxBytes: 1e9, keepMs: 1e9 });
  const said: string[] = [];
  const say = (event: RunEvent): void => void said.push(event.event === "device" ? event.text : "");
  const read = { bus: "panel", template: "t/t", source: { protocol: "modbus", unit: 1 } } as unknown as ResolvedMachine["reads"][number];
  assert.equal(unitOf(read), 1);
  const machines = [{ site: "s", name: "M-1", reads: [read] }] as unknown as ResolvedConfig["machines"];
  const tell = deviceEvents({ config: { machines }, outbox, clock, say, warn: assert.fail });
  for (let i = 0; i < 600; i++) {
    tell({ kind: "bus_connected", bus: "panel", detail: "" });
    tell({ kind: "bus_disconnected", bus: "panel", detail: i === 599 ? "gone" : "transaction 9 was never asked for" });
  }
  tell({ kind: "unit_down", bus: "panel", unit: 1, detail: "no answer" });
  await until(() => said.length === 10 + 2);
  assert.deepEqual(said.slice(-2), [
    "bus panel, unit 1: no answer",
    "bus panel: gone (1189 such lines before it left out: at most 10 a minute)",
  ]);
  await outbox.close();
  const again = await openOutbox({ file: join(dir, "outbox.db"), tenant: "default", agent: "a", clock, maxBytes: 1e9, keepMs: 1e9 });
  assert.equal((await again.counts()).waiting.event, 5 + 4 + 1 + 1); // lost, back in between; the unit; how it ended
  await again.close();
  rmSync(dir, { recursive: true });
});

test("registers a device does not have are named as they were asked for; a border within a block is no news for a person", () => {
  const [single, many, border] = [
    { table: "holding", from: 5, to: 6 },
    { table: "input", from: 100, to: 120 },
    { table: "holding", from: 9, to: 9 },
  ] as const;
  const text = illegalRangesText({ device: "rs485/3/vendor/type", illegal: [single, many, border] });
  assert.match(String(text), /^rs485\/3\/vendor\/type: it says that it has no holding 5, input 100 to 119 \(wire addresses\)/);
  assert.equal(illegalRangesText({ device: "rs485/3/vendor/type", illegal: [border] }), null);
});
