// A verdict given on a phone when things go wrong: no network in the middle of it, a browser that keeps nothing, somebody else who was faster.
import assert from "node:assert/strict";
import { test } from "node:test";
import { onPhone, type Shown, skip } from "./test-support/on-phone.ts";
import { prediction, testEpoch, testStartMs } from "./test-support/records.ts";

async function openTicketOn({ gateway, agent, page }: Shown, failure_mode: "STD" | "VIB" = "VIB"): Promise<void> {
  await agent.sayState();
  await agent.deliver("prediction", [prediction({ seq: 1, failure_mode })]);
  await page.goto(`${gateway.http}/#/ticket/T-1`);
  await page.getByRole("button", { name: /close this ticket/ }).click();
}

test("a verdict that cannot be sent says so, does not claim to try again, and is sent by the next tap", {
  skip,
  timeout: 60_000,
}, async () => {
  await onPhone(async (shown) => {
    const { page } = shown;
    // Cookies are off: the browser keeps no name.
    const denied = "value: () => { throw new DOMException('denied', 'SecurityError'); }";
    const content = `for (const name of ["getItem", "setItem"]) Object.defineProperty(Storage.prototype, name, { ${denied} });`;
    await page.addInitScript({ content });
    await openTicketOn(shown);
    await page.getByRole("button", { name: /Found it/ }).click();
    await page.getByLabel("Your name").fill("Ana");
    await page.getByLabel(/Note/).fill("first line\nsecond line");
    await page.route("**/close", (route) => route.abort());
    await page.getByRole("button", { name: "Close T-1" }).click();
    await page.getByText("this is not sent, or nobody knows whether it arrived. Send it again when it answers.").waitFor();
    await page.unroute("**/close");
    await page.getByRole("button", { name: "Close T-1" }).click();
    await page.getByRole("heading", { name: "Found it: vibration" }).waitFor();
    assert.ok(((await page.locator("p.note").boundingBox())?.height ?? 0) > 40, "a note of two lines is shown as two");
  });
});

test("another fault than the ticket's is not the ticket's fault, and what is chosen is always seen", {
  skip,
  timeout: 60_000,
}, async () => {
  await onPhone(async (shown) => {
    const { gateway, page } = shown;
    await openTicketOn(shown, "STD");
    await page.getByRole("button", { name: /Found it/ }).click();
    const chip = page.getByRole("button", { name: "structural deficiency STD" });
    assert.equal(await chip.getAttribute("aria-pressed"), "true");
    await page.getByRole("button", { name: /Something else/ }).click();
    assert.equal(await page.locator(".chip[aria-pressed=true]").count(), 0, "only the chart's choice is left");
    await page.getByLabel("Your name").fill("Ana");
    await page.getByRole("button", { name: "Close T-1" }).click();
    await page.getByText("On its way to the machine's box").waitFor();
    const { body } = await gateway.get<{ ticket: { verdict: string; verdict_failure_mode: string | null } }>("/api/tickets/T-1");
    assert.deepEqual([body.ticket.verdict, body.ticket.verdict_failure_mode], ["something_else", null]);
  });
});

test("who was slower reads that another technician closed the ticket, and that nothing of theirs was sent", {
  skip,
  timeout: 60_000,
}, async () => {
  await onPhone(async (shown) => {
    const { gateway, page } = shown;
    await openTicketOn(shown);
    await page.getByRole("button", { name: /Nothing wrong/ }).click();
    await gateway.post("/api/tickets/T-1/close", { verdict: "found", actor: "Bo" });
    await page.getByText("Bo closed it while you wrote: what you entered was not sent.").waitFor();
  });
});

test("more tickets than a list holds are counted all the same, and a box whose clock is ahead is no news of now", {
  skip,
  timeout: 60_000,
}, async () => {
  await onPhone(async ({ gateway, agent, page }) => {
    const names = Array.from({ length: 205 }, (_, n) => ({ site: "plant", name: `P-${n + 1}` }));
    const time = (seq: number) => ({ ...prediction({ seq }).time, wall_ms: seq === 205 ? Date.now() + 400 * 86_400_000 : testStartMs });
    const all = names.map((machine, n) => prediction({ seq: n + 1, machine, episode: `${testEpoch}-${n + 1}`, time: time(n + 1) }));
    await agent.deliver("prediction", all);
    await page.goto(gateway.http);
    await page.getByRole("heading", { name: "205 open tickets" }).waitFor();
    await page.getByText("The worst 200 are listed.").waitFor();
    await page.getByRole("link", { name: /P-205.*Open · in the future/s }).waitFor();
    for (const no of [7, 3]) await gateway.post(`/api/tickets/T-${no}/close`, { verdict: "found", actor: "Ana" });
    await page.goto(`${gateway.http}/#/done`);
    await page.getByRole("link", { name: /T-7/ }).waitFor();
    assert.deepEqual(await page.locator("a.card .machine").allTextContents(), ["P-3", "P-7"]);
  });
});
