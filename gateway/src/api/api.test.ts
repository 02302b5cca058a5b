// The API over real HTTP: answers, mistakes, and who may not ask.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import type { VerdictLine } from "@millwright/contract/verdict-line";
import { birth, cycleForecast, event, prediction, testMachine, wearForecast } from "../test-support/records.ts";
import { startTestGateway, type TestGateway } from "../test-support/start-test-gateway.ts";
import { startTestAgent, type TestAgent } from "../test-support/test-agent.ts";
import { until } from "../test-support/until.ts";
import type { MachineRecord } from "../verdicts/model-records.ts";

let gateway: TestGateway;
let agent: TestAgent;
before(async () => {
  gateway = await startTestGateway();
  agent = await startTestAgent(gateway.mqtt);
  await agent.sayState();
  await agent.deliver("prediction", [prediction({ seq: 1 })]);
});
after(async () => {
  await agent.close();
  await gateway.close();
});

test("every mistake is JSON that says what to do", async () => {
  for (const [path, status, words] of [
    ["/api/tickets?status=opne", 400, /open, done or all/],
    ["/api/tickets/T-99", 404, /no ticket "T-99"/],
    ["/api/tickets/x/series", 404, /no ticket/],
    ["/nothing", 404, /nothing at GET/],
  ] as const) {
    const reply = await gateway.get<{ message: string }>(path);
    assert.equal(reply.status, status, path);
    assert.match(reply.body.message, words);
  }
});

test("a verdict must name its actor and a known kind", async () => {
  for (const [body, words] of [
    [{ verdict: "found" }, /actor/],
    [{ verdict: "found", actor: "  " }, /who you are/],
    [{ verdict: "found", actor: "Ana\u001b[2J\nT-2  closed by Bo" }, /actor: must be one line of text/],
    [{ verdict: "maybe", actor: "Ana" }, /verdict/],
    [{ verdict: "found", actor: "Ana", failure_mode: "XXX" }, /failure_mode/],
    [{ verdict: "found", actor: "Ana", extra: 1 }, /extra/],
  ] as const) {
    const reply = await gateway.post<{ message: string }>("/api/tickets/T-1/close", body);
    assert.equal(reply.status, 400);
    assert.match(reply.body.message, words);
  }
  assert.equal((await gateway.get<{ tickets: unknown[] }>("/api/tickets")).body.tickets.length, 1);
});

test("a page of another origin may close nothing; nor does another name reach the API", async () => {
  const body = { verdict: "nothing", actor: "Eve" };
  assert.equal((await gateway.post("/api/tickets/T-1/close", body, { origin: "https://evil.example" })).status, 403);
  assert.equal((await gateway.post("/api/tickets/T-1/close", body, { origin: "null" })).status, 403);
  assert.equal(await statusWithHost(`${gateway.http}/api/tickets`, "evil.example"), 421);
  assert.equal((await gateway.get<{ tickets: unknown[] }>("/api/tickets")).body.tickets.length, 1);
});

test("machines, agents, health, dead letters and metrics", async () => {
  await agent.sendRaw("event", "{");
  await until(
    async () => (await gateway.get<{ dead_letters: unknown[] }>("/api/dead-letters")).body.dead_letters.length === 1,
    "the dead letter",
  );
  const { machines } = (await gateway.get<{ machines: { level: string; ticket: string; phase: string }[] }>("/api/machines")).body;
  assert.deepEqual([machines.length, machines[0]?.level, machines[0]?.ticket, machines[0]?.phase], [1, "warning", "T-1", "scoring"]);
  const { agents } = (await gateway.get<{ agents: { agent: string; status: string }[] }>("/api/agents")).body;
  assert.deepEqual([agents[0]?.agent, agents[0]?.status], [birth().agent, "online"]);
  const health = (await gateway.get<{ status: string; open_tickets: number; store: string }>("/api/health")).body;
  assert.deepEqual([health.status, health.open_tickets, health.store], ["ok", 1, gateway.store]);
  const metrics = await (await fetch(`${gateway.http}/metrics`)).text();
  assert.match(metrics, /millwright_gateway_records_stored_total 1/);
  assert.match(metrics, /millwright_gateway_ticket_opened_total 1/);
});

test("a verdict closes once; a second one is told so", async () => {
  const closed = await gateway.post<{ ticket: { status: string; actor: string; verdict_text: string } }>(
    "/api/tickets/T-1/close",
    { verdict: "something_else", actor: "Ana", failure_mode: "PLU", note: "strainer" },
    { origin: gateway.http },
  );
  assert.deepEqual(
    [closed.status, closed.body.ticket.status, closed.body.ticket.actor, closed.body.ticket.verdict_text],
    [200, "done", "Ana", "Something else"],
  );
  assert.equal((await gateway.post("/api/tickets/T-1/close", { verdict: "found", actor: "Bo" })).status, 409);
});

test("a serviced machine is asked to learn again, once, until its box has taken it", async () => {
  type Reply = { machine: { relearn: { state: string; actor: string } }; message: string };
  const post = (body: object) => gateway.post<Reply>("/api/machines/relearn", body);
  assert.match((await post({ ...testMachine })).body.message, /actor/);
  assert.equal((await post({ site: "plant/line1", name: "P-999", actor: "Ana" })).status, 404);
  assert.equal(
    (await gateway.post("/api/machines/relearn", { ...testMachine, actor: "Eve" }, { origin: "https://evil.example" })).status,
    403,
  );

  const asked = await post({ ...testMachine, actor: "Ana" });
  assert.deepEqual([asked.status, asked.body.machine.relearn.state, asked.body.machine.relearn.actor], [200, "sent", "Ana"]);
  assert.equal((await post({ ...testMachine, actor: "Bo" })).body.machine.relearn.actor, "Ana");
  const command = await until(() => agent.commands.find((one) => one.command === "relearn"), "the command");
  assert.deepEqual([command.machine, command.actor], [testMachine, "Ana"]);
  await agent.sayState();
  await until(() => agent.commands.filter(({ id }) => id === command.id).length > 1, "the command again");

  await agent.deliver("event", [event({ seq: 50, event: "command_done", command_id: command.id, text: "done" })]);
  const { machines } = (await gateway.get<{ machines: { relearn: { state: string; text: string } }[] }>("/api/machines")).body;
  assert.deepEqual(
    [machines[0]?.relearn.state, machines[0]?.relearn.text],
    ["done", "Serviced, says Ana: its box has taken it and learns its normal again"],
  );
});

test("what if the work waits: an answer in the unit of the forecast, and what is missing otherwise", async () => {
  type Reply = { plan: { text: string; p_fail: number; p_fail_at_present_load: number }; message: string };
  const ask = (query: Record<string, string>) =>
    gateway.get<Reply>(`/api/machines/wait?${new URLSearchParams({ site: testMachine.site, name: testMachine.name, ...query })}`);
  assert.deepEqual((await ask({ load: "0.5", cycles: "10" })).status, 409, "nothing is forecast of it yet");
  await agent.deliver("prediction", [prediction({ seq: 60, ...cycleForecast })]);
  const { status, body } = await ask({ load: "0.5", cycles: "40" });
  assert.equal(status, 200, body.message);
  assert.ok(body.plan.p_fail > 0 && body.plan.p_fail < 0.1 && body.plan.p_fail_at_present_load > 0.62, JSON.stringify(body.plan));
  assert.match((await ask({ load: "0.5" })).body.message, /counted in cycles: say for how many more/);
  assert.deepEqual((await ask({ load: "half", cycles: "40" })).status, 400);
  assert.match((await ask({ load: "1", cycles: "9", name: "P-999" })).body.message, /No box has spoken of a machine "P-999"/);
  await agent.deliver("prediction", [prediction({ seq: 70, ...wearForecast() })]);
  assert.match((await ask({ load: "1", until_ms: "1000" })).body.message, /must lie ahead/);
  assert.match((await ask({ load: "1", cycles: "9" })).body.message, /Say until when/);
});

function statusWithHost(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) =>
    request(url, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end(),
  );
}

test("a report with a cause becomes a model ticket that is listed apart, and closed with a name", async () => {
  const report = event({
    seq: 90,
    event: "model_report",
    machine: testMachine,
    model_causes: ["drift"],
    text: "Model p-101: flow has drifted.",
  });
  await agent.deliver("event", [report]);
  const list = () => gateway.get<{ model_tickets: { id: string; kind: string; title: string; text: string }[] }>("/api/model-tickets");
  const [ticket, ...others] = (await list()).body.model_tickets;
  assert.deepEqual([ticket?.kind, ticket?.text, others.length], ["model", "Model p-101: flow has drifted.", 0]);
  assert.equal((await gateway.post(`/api/model-tickets/${ticket?.id}/close`, { actor: "Eva" })).status, 400);
  const answer = { actor: "Eva", outcome: "keep" };
  assert.equal((await gateway.post(`/api/model-tickets/${ticket?.id}/close`, answer)).status, 200);
  assert.equal((await gateway.post(`/api/model-tickets/${ticket?.id}/close`, answer)).status, 404);
  assert.deepEqual((await list()).body.model_tickets, []);
});

test("a verdict on a model's ticket is in its record, and in the export", async () => {
  const episode = "00000000000000aa-77";
  await agent.deliver("prediction", [prediction({ seq: 77, episode })]);
  const { tickets } = (await gateway.get<{ tickets: { id: string; episode: string }[] }>("/api/tickets")).body;
  const id = tickets.find((ticket) => ticket.episode === episode)?.id;
  assert.equal((await gateway.post(`/api/tickets/${id}/close`, { verdict: "found", actor: "Ana", failure_mode: "VIB" })).status, 200);
  const { machines } = (await gateway.get<{ machines: MachineRecord[] }>("/api/models")).body;
  const model = machines[0]?.models.find(({ is_live }) => is_live);
  assert.ok((model?.found ?? 0) >= 1 && model?.name === "baseline 1", JSON.stringify(machines));
  const exported = async (query: string) => (await gateway.get<{ verdicts: VerdictLine[] }>(`/api/verdicts${query}`)).body.verdicts;
  assert.equal((await exported("?machine=P-101")).find(({ ticket }) => ticket === id)?.found_mode, "VIB");
  assert.deepEqual(await exported("?machine=P-999"), []);
  assert.equal((await gateway.get("/api/verdicts?machine=P-101&machine=P-102")).status, 400);
});
