// The thin loop: broker → ingest → receipt → ticket → API → verdict → command → done.
import assert from "node:assert/strict";
import { test } from "node:test";
import { event, prediction, telemetry, testEpisode, testMachine } from "./test-support/records.ts";
import { startTestGateway } from "./test-support/start-test-gateway.ts";
import { startTestAgent } from "./test-support/test-agent.ts";
import { until } from "./test-support/until.ts";
import type { Series } from "./tickets/read-series.ts";
import type { TicketCard, TicketDetail } from "./tickets/read-tickets.ts";

test("a prediction becomes one ticket; its verdict reaches the agent until it says done", async () => {
  const gateway = await startTestGateway();
  const agent = await startTestAgent(gateway.mqtt);
  try {
    await agent.sayState();
    await agent.deliver(
      "telemetry",
      Array.from({ length: 50 }, (_, i) => telemetry({ seq: i + 1 })),
    );
    const receipt = await agent.deliver("prediction", [prediction({ seq: 40 }), prediction({ seq: 41, level: "critical", score: 5 })]);
    assert.equal(receipt.store, gateway.store);
    assert.deepEqual(receipt.ranges, [[40, 41]]);
    assert.equal(gateway.opened.length, 1);

    const { tickets } = (await gateway.get<{ tickets: TicketCard[] }>("/api/tickets")).body;
    assert.equal(tickets.length, 1);
    const { id, machine, level, sentence } = tickets[0] as TicketCard;
    assert.deepEqual({ id, machine, level }, { id: "T-1", machine: testMachine, level: "critical" });
    assert.match(
      sentence,
      /^P-101 at plant \/ line1: vibration RMS at the drive end is 6\.4 mm\/s, it was 2\.1 in the healthy baseline; .*5\.0 times its alarm limit\.$/,
    );

    const series = (await gateway.get<Series>("/api/tickets/T-1/series")).body;
    assert.equal(series.wall_ms.length, 50);
    assert.equal(series.points[0]?.baseline, 2.1);

    const closed = await gateway.post("/api/tickets/T-1/close", { verdict: "found", actor: "Ana", failure_mode: "VIB" });
    assert.equal(closed.status, 200);
    const command = await until(() => agent.commands[0], "the command");
    assert.deepEqual([command.command, command.actor], ["verdict", "Ana"]);
    assert.equal(command.command === "verdict" ? command.episode : "", testEpisode);

    await agent.sayState(); // a birth asks again
    await until(() => agent.commands.length >= 2, "the command again");
    await agent.deliver("event", [event({ seq: 1, event: "command_done", command_id: command.id, text: "done" })]);
    const detail = (await gateway.get<{ ticket: TicketDetail }>("/api/tickets/T-1")).body.ticket;
    assert.equal(detail.command?.state, "done");
    assert.deepEqual(
      detail.history.map(({ what }) => what),
      ["opened", "closed", "command_done"],
    );
    await agent.sayState();
    await agent.deliver("prediction", [prediction({ seq: 60 })]);
    assert.equal(agent.commands.length, 2);
    assert.equal((await gateway.get<{ tickets: TicketCard[] }>("/api/tickets?status=all")).body.tickets.length, 1);
  } finally {
    await agent.close();
    await gateway.close();
  }
});
