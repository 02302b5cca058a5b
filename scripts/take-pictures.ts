#!/usr/bin/env node
// The pictures in the README and docs: the pages of a plant on a laptop, as a phone and as a desk show them. Needs Chromium.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { startDemoPlant } from "./demo/demo-plant.ts";

const { values } = parseArgs({
  options: { out: { type: "string", default: "docs" }, browser: { type: "string", default: "/usr/bin/chromium" } },
});
const ticketMs = 120_000;
/** The chart should show some of the time after the alarm. */
const afterMs = 12_000;

if (!existsSync(values.browser)) {
  process.stderr.write(`there is no browser at ${values.browser}; run scripts/install-test-tools.sh, or give --browser\n`);
  process.exit(3);
}
await mkdir(values.out, { recursive: true });
const folder = await mkdtemp(join(tmpdir(), "millwright-pictures-"));
const plant = await startDemoPlant({ folder, httpPort: 0, timeScale: 30, learnRows: 400, onStarted: () => {} });
try {
  const opened = await plant.gateway.waitFor("ticket_opened", ticketMs);
  await sleep(afterMs);
  const browser = await chromium.launch({
    executablePath: values.browser,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  await picture(browser, String(opened["url"]), join(values.out, "ticket-page.png"), { width: 400, height: 1240 });
  await picture(browser, String(opened["url"]), join(values.out, "ticket-page-wide.png"), { width: 1280, height: 900 });
  await picture(browser, plant.url, join(values.out, "ticket-list.png"), { width: 400, height: 600 });
  await browser.close();
} finally {
  await plant.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit();

async function picture(browser: Browser, url: string, file: string, viewport: { width: number; height: number }): Promise<void> {
  const page = await browser.newPage({ viewport, deviceScaleFactor: 1.5, colorScheme: "light" });
  await page.goto(url);
  await page.waitForTimeout(2_500);
  await page.screenshot({ path: file });
  await page.close();
  process.stderr.write(`wrote ${file}\n`);
}
