// Every text of the main pages can be read, by day and by night: their contrast is measured in a real browser.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { buildWebIfStale } from "../web/build-web-if-stale.ts";
import { contrast, paleSpots } from "./test-support/contrast.ts";
import { cycleForecast, event, prediction, telemetry, testEpoch, testMachine, wearForecast } from "./test-support/records.ts";
import { startTestGateway } from "./test-support/start-test-gateway.ts";
import { startTestAgent } from "./test-support/test-agent.ts";

const executablePath = "/usr/bin/chromium";
const skip = existsSync(executablePath) ? false : `${executablePath} is not installed: scripts/install-test-tools.sh`;

test("contrast is computed as WCAG does", () => {
  assert.equal(contrast([255, 255, 255], [0, 0, 0]), 21);
  assert.equal(Number(contrast([118, 118, 118], [255, 255, 255]).toFixed(2)), 4.54);
});

test("no text is paler than WCAG 2.2 AA allows, by day and by night, on any page", { skip, timeout: 180_000 }, async () => {
  const gateway = await startTestGateway({ pages: (await buildWebIfStale()).folder });
  const agent = await startTestAgent(gateway.mqtt);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
  const found: string[] = [];
  try {
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    const look = async (name: string): Promise<void> => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        const { measured, pale } = await paleSpots(page);
        assert.ok(measured > 5, `${name}: ${measured} spots`);
        found.push(...pale.map((spot) => `${name}, ${colorScheme}: ${JSON.stringify(spot)}`));
      }
    };
    const go = (path: string) => page.goto(`${gateway.http}/#${path}`);

    await go("/");
    await page.getByText("No agent has connected yet").waitFor();
    await look("an empty plant");
    await go("/machines");
    await page.getByText("No agent has connected yet").waitFor();
    await look("Machines of an empty plant");

    await agent.sayState({ phase: "learning", readiness: 0.4, missing: "360 more healthy rows, about 6 minutes" });
    await page.getByText("360 more healthy rows").waitFor();
    await look("Machines, one that learns");
    await agent.sayState();
    await agent.deliver(
      "telemetry",
      Array.from({ length: 60 }, (_, i) => telemetry({ seq: i + 1 })),
    );
    const levels = ["watch", "warning", "critical"] as const;
    for (const [no, level] of levels.entries())
      await agent.deliver("prediction", [prediction({ seq: 50 + no, level, episode: `${testEpoch}-${no}`, ...cycleForecast })]);
    await go("/");
    await page.getByRole("link", { name: /Critical/ }).waitFor();
    await look("open tickets");

    await page.getByRole("link", { name: /Critical/ }).click();
    await page.locator(".chart canvas").waitFor();
    await look("a ticket");
    await page.getByRole("button", { name: "What if the work waits?" }).click();
    await page.getByRole("button", { name: /close this ticket/ }).click();
    await page.getByRole("button", { name: /Found it/ }).click();
    await page.getByRole("button", { name: "vibration VIB" }).click();
    await look("a ticket that is being closed");
    await page.getByLabel("Your name").fill("Ana");
    await page.getByRole("button", { name: /^Close T-/ }).click();
    await page.getByText("On its way to the machine's box").waitFor();
    await look("a ticket that was closed");
    await go("/done");
    await page.getByRole("link", { name: /P-101/ }).waitFor();
    await look("Done");

    const text = "Model p-101: 2 of 9 signals have drifted. Learning it again is proposed.";
    await agent.deliver("event", [event({ seq: 1, event: "model_report", machine: testMachine, model_causes: ["drift"], text })]);
    await agent.deliver("prediction", [prediction({ seq: 70, level: "normal", episode: null, ...wearForecast() })]);
    await agent.sendRaw("telemetry", "{");
    await go("/machines");
    await page.getByText("refused message").click();
    await page.getByRole("button", { name: "I looked at it" }).click();
    await page.getByRole("button", { name: /Keep the model/ }).click();
    await page.getByRole("button", { name: "What if the work waits?" }).click();
    await look("Machines");
    await agent.sayOffline();
    await page.getByText("No data since").waitFor();
    await look("Machines, one silent");
    assert.deepEqual(found, []);
  } finally {
    await browser.close();
    await agent.close();
    await gateway.close();
  }
});
