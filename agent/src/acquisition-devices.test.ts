// The example with devices that speak JSON and text: the same configuration, at a server and on a line of the test.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createClock } from "@millwright/kit/clock";
import { formatIssue } from "@millwright/kit/yaml-file";
import { startAcquisition } from "./acquisition.ts";
import { loadConfig } from "./config/load-config.ts";
import { answerJson, JsonServer } from "./registers/test-support/json-server.ts";
import { noSocat } from "./registers/test-support/pty-line.ts";
import { TextDevice } from "./registers/test-support/text-device.ts";
import type { MachineRow } from "./samples/machine-row.ts";

const examples = fileURLToPath(new URL("../examples/", import.meta.url));
const clock = createClock();

function exampleAt(master: string, plan: string, port: string) {
  const dir = mkdtempSync(join(tmpdir(), "millwright-devices-"));
  const file = join(dir, "agent.yaml");
  const text = readFileSync(join(examples, "http-and-text.yaml"), "utf8")
    .replace("templates: [templates]", `templates: [${join(examples, "templates")}]`)
    .replace("http://192.168.1.250", master)
    .replace("http://plan.example.internal:8080", plan)
    .replace(/\/dev\/serial\/by-id\/[^,]+/, port)
    .replaceAll("every: 1s", "every: 100ms")
    .replaceAll("every: 30s", "every: 300ms");
  writeFileSync(file, text);
  const loaded = loadConfig(file);
  rmSync(dir, { recursive: true });
  assert.ok(loaded.ok, loaded.ok ? "" : loaded.issues.map(formatIssue).join("\n"));
  return loaded.config;
}

test("rows of one machine from an IO-Link master, the production plan and a scale; each trouble stays with its own points", {
  skip: noSocat,
}, async () => {
  const nowText = (ageMs: number): string => new Date(clock.wallMs() - ageMs).toISOString();
  let planAgeMs = 0;
  const answerMaster = answerJson({ cid: 1, data: { value: "03C9" }, code: 200 });
  const master = await JsonServer.start(answerMaster);
  const plan = await JsonServer.start((request, response) =>
    answerJson({ written_at: nowText(planAgeMs), order: { state: "running", target_per_hour: 240 } })(request, response),
  );
  const scale = await TextDevice.start((command) => command === "P" && scale.say("US,GS,+  12.49kg\r\nST,GS,+  12.50kg\r\n"));
  const rows: MachineRow[] = [];
  const config = exampleAt(master.url, plan.url, scale.path);
  const acquisition = startAcquisition({ config, clock, onRow: (row) => rows.push(row) });
  const names = config.machines[0]?.points.map(({ name }) => name) ?? [];
  const until = async (values: Record<string, number>, reasons: Record<string, string> = {}): Promise<void> => {
    const endMs = performance.now() + 15_000;
    const expected = names.map((name) => [name, values[name] ?? null, reasons[name] ?? null]);
    for (;;) {
      const row = rows.at(-1);
      const got = names.map((name, i) => [name, Number.isNaN(row?.shown[i]) ? null : row?.shown[i], row?.reasons[i] ?? null]);
      if (JSON.stringify(got) === JSON.stringify(expected)) return;
      if (performance.now() > endMs) assert.deepEqual(got, expected);
      await sleep(20);
    }
  };
  const all = { temperature: 24.200000000000003, switch_1: 1, plan_state: 2, plan_rate: 240, weight: 12.5 };
  const { temperature, switch_1, weight, ...ofPlan } = all;
  try {
    assert.deepEqual(names, Object.keys(all));
    await until(all);
    assert.equal((master.asked.at(-1) as IncomingMessage).url, "/iolinkmaster/port[3]/iolinkdevice/pdin/getdata");
    planAgeMs = 3_600_000;
    await until(all, { plan_state: "stale", plan_rate: "stale" });
    planAgeMs = -3_600_000;
    await until(all, { plan_state: "clock", plan_rate: "clock" });
    planAgeMs = 0;
    master.behaviour = (_, response) => void response.writeHead(500).end();
    await scale.pull();
    const gone = { temperature: "exception", switch_1: "exception", weight: "connection" };
    await until(ofPlan, gone);
    master.behaviour = answerMaster;
    await until({ temperature, switch_1, ...ofPlan }, { weight: "connection" });
    await scale.plugIn();
    await until({ temperature, switch_1, ...ofPlan, weight });
  } finally {
    await acquisition.stop();
    await Promise.all([master.stop(), plan.stop(), scale.stop()]);
  }
});
