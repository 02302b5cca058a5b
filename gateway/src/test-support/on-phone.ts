// The pages in a real browser, at the width of a small phone.
import { existsSync } from "node:fs";
import { chromium, type Page } from "playwright-core";
import { buildWebIfStale } from "../../web/build-web-if-stale.ts";
import { startTestGateway } from "./start-test-gateway.ts";
import { startTestAgent } from "./test-agent.ts";

const executablePath = "/usr/bin/chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** Why tests of pages are not run here; false where they are. */
export const skip = existsSync(executablePath) ? false : `${executablePath} is not installed: scripts/install-test-tools.sh`;

export type Shown = {
  readonly gateway: Awaited<ReturnType<typeof startTestGateway>>;
  readonly agent: Awaited<ReturnType<typeof startTestAgent>>;
  readonly page: Page;
};

/** An empty plant, one box, and its pages in a browser of 360 px. */
export async function onPhone(look: (shown: Shown) => Promise<void>, { box = "box-1" } = {}): Promise<void> {
  const gateway = await startTestGateway({ pages: (await buildWebIfStale()).folder });
  const agent = await startTestAgent(gateway.mqtt, { agent: box });
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    await look({ gateway, agent, page });
  } finally {
    await browser.close();
    await agent.close();
    await gateway.close();
  }
}
