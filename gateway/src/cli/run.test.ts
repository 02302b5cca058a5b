// The program as a process: its lines, its exit codes, and kill -9 in the middle of ingest.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { prediction, telemetry } from "../test-support/records.ts";
import { testFolder } from "../test-support/start-test-gateway.ts";
import { startTestAgent } from "../test-support/test-agent.ts";
import { until } from "../test-support/until.ts";

const program = fileURLToPath(new URL("./main.ts", import.meta.url));
type Line = { event: string } & Record<string, string>;
type Running = { child: ChildProcess; lines: Line[]; errors: () => string; ended: Promise<number | null> };

function start(...args: string[]): Running {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const lines: Line[] = [];
  let errors = "";
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on("line", (line) =>
      lines.push(JSON.parse(line.startsWith("{") ? line : JSON.stringify({ event: "text", line })) as Line),
    );
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return { child, lines, errors: () => errors, ended: new Promise((resolve) => child.once("close", resolve)) };
}

function configIn(folder: string, httpPort: number, mqttPort: number): string {
  const file = join(folder, "gateway.yaml");
  writeFileSync(file, `version: 1\ndata_dir: ./data\nhttp: { port: ${httpPort} }\nbroker: { kind: embedded, port: ${mqttPort} }\n`);
  return file;
}

test("kill -9 in the middle of ingest: everything arrives once, and it is one ticket", async () => {
  const folder = testFolder();
  const ledger = join(folder, "ledger.jsonl");
  const mqttPort = await freePort();
  const args = ["run", "--config", configIn(folder, 0, mqttPort), "--ledger", ledger, "--json"];
  let gateway = start(...args);
  await until(() => gateway.lines.find(({ event }) => event === "ready"), "ready", 20_000);
  const agent = await startTestAgent(`mqtt://127.0.0.1:${mqttPort}`);
  const batches = 24;
  const sending = (async () => {
    for (let batch = 0; batch < batches; batch++) {
      await agent.deliver(
        "telemetry",
        Array.from({ length: 20 }, (_, i) => telemetry({ seq: batch * 20 + i + 1 })),
      );
      await agent.deliver("prediction", [prediction({ seq: batch + 1, score: 2 + batch / 10 })]);
    }
  })();
  for (const at of [12, 24]) {
    await until(() => agent.receipts.length > at, `${at} receipts`, 30_000);
    gateway.child.kill("SIGKILL");
    await gateway.ended;
    gateway = start(...args);
    await until(() => gateway.lines.find(({ event }) => event === "ready"), "ready", 20_000);
  }
  await sending;
  await agent.close();
  gateway.child.kill("SIGTERM");
  assert.equal(await gateway.ended, 0);

  const store = await openSqliteStore(join(folder, "data", "gateway.db"), 0);
  const count = async (table: "telemetry" | "predictions" | "tickets"): Promise<number> =>
    (
      await store.reader
        .selectFrom(table)
        .select(table === "tickets" ? "no" : "seq")
        .execute()
    ).length;
  assert.deepEqual([await count("telemetry"), await count("predictions"), await count("tickets")], [batches * 20, batches, 1]);
  await store.close();
  const ledgerLines = readFileSync(ledger, "utf8").trim().split("\n");
  assert.equal(new Set(ledgerLines).size, ledgerLines.length);
});

test("a busy port is one clear line and exit 3, for the pages and for the broker", async () => {
  const busy = createServer().listen(0, "127.0.0.1");
  await until(() => busy.listening, "the port");
  const { port } = busy.address() as { port: number };
  for (const [httpPort, mqttPort] of [
    [port, 0],
    [0, port],
  ] as const) {
    const gateway = start("run", "--config", configIn(testFolder(), httpPort, mqttPort), "--json");
    assert.equal(await gateway.ended, 3);
    assert.match(gateway.errors(), new RegExp(`^millwright-gateway run: port ${port} on 127\\.0\\.0\\.1 is taken.*\\n$`));
  }
  busy.close();
});

test("a mistake in the configuration is file:line:column, and exit 3", async () => {
  const file = join(testFolder(), "gateway.yaml");
  writeFileSync(file, "version: 1\nhttp: { prot: 8080 }\n");
  const gateway = start("run", "--config", file);
  assert.equal(await gateway.ended, 3);
  assert.match(gateway.errors(), /gateway\.yaml:2:9 {2}unknown key "prot"/);
});

test("a second gateway on the same data_dir, or one with no place to write, is one clear line and exit 3", async () => {
  const config = configIn(testFolder(), 0, 0);
  const first = start("run", "--config", config, "--json");
  await until(() => first.lines.find(({ event }) => event === "ready"), "ready", 20_000);
  const second = start("run", "--config", config, "--json");
  assert.equal(await second.ended, 3);
  assert.match(second.errors(), /^millwright-gateway run: another gateway is running on .*gateway\.db.* \[store_in_use\]\n$/);
  first.child.kill("SIGTERM");
  assert.equal(await first.ended, 0);

  const nowhere = join(testFolder(), "gateway.yaml");
  writeFileSync(nowhere, "version: 1\ndata_dir: /proc/nope\nhttp: { port: 0 }\nbroker: { kind: embedded, port: 0 }\n");
  const lost = start("run", "--config", nowhere);
  assert.equal(await lost.ended, 3);
  assert.match(lost.errors(), /^millwright-gateway run: data_dir \/proc\/nope cannot be made or written: .*\n$/);
});

test("a password file that is not there is told with its place; an address that is none is a mistake of usage", async () => {
  const file = join(testFolder(), "gateway.yaml");
  writeFileSync(file, "version: 1\nbroker:\n  kind: external\n  url: mqtt://127.0.0.1:1\n  password_file: ./secret\n");
  const gateway = start("run", "--config", file);
  assert.equal(await gateway.ended, 3);
  assert.match(gateway.errors(), /gateway\.yaml:5:18 {2}broker\.password_file does not exist\. Make the file, or correct its path\..*\n$/);
  const listing = start("tickets", "--url", "foo");
  assert.equal(await listing.ended, 2);
  assert.match(listing.errors(), /^millwright-gateway tickets: --url must be the address of the pages.*not "foo"\n$/);
});

test("tickets over HTTP; without a gateway it says so", async () => {
  const folder = testFolder();
  const gateway = start("run", "--config", configIn(folder, 0, 0), "--json");
  const ready = await until(() => gateway.lines.find(({ event }) => event === "ready"), "ready", 20_000);
  const agent = await startTestAgent(ready["mqtt"] ?? "");
  await agent.deliver("prediction", [prediction({ seq: 1 })]);
  const opened = await until(() => gateway.lines.find(({ event }) => event === "ticket_opened"), "the ticket's line");
  assert.deepEqual(
    [opened["id"], opened["machine"], opened["level"], opened["url"]],
    ["T-1", "P-101", "warning", `${ready["http"]}/#/ticket/T-1`],
  );
  const listing = start("tickets", "--url", ready["http"] ?? "");
  assert.equal(await listing.ended, 0);
  assert.match(listing.lines.map((line) => line["line"]).join("\n"), /^T-1 +open +Warning .*\n +P-101 at plant/);
  await fetch(`${ready["http"]}/api/tickets/T-1/close`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ verdict: "nothing", actor: "Ana" }),
  });
  const records = start("verdicts", "--url", ready["http"] ?? "");
  assert.equal(await records.ended, 0);
  assert.match(
    records.lines.map((line) => line["line"]).join("\n"),
    /^P-101 at plant .*: Of 1 ticket 0 had a fault behind it .*; so few say little\.\n {2}baseline 1, live: /,
  );
  const exported = start("verdicts", "--machine", "P-101", "--json", "--url", ready["http"] ?? "");
  assert.equal(await exported.ended, 0);
  assert.deepEqual(
    exported.lines.map((line) => [line["schema"], line["ticket"], line["verdict"]]),
    [["millwright/verdict/1", "T-1", "nothing"]],
  );
  await agent.close();
  gateway.child.kill("SIGTERM");
  assert.equal(await gateway.ended, 0);
  const nobody = start("tickets", "--url", ready["http"] ?? "");
  assert.equal(await nobody.ended, 1);
  assert.match(nobody.errors(), /Is the gateway running there/);
  assert.ok(existsSync(join(folder, "data", "gateway.db")));
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await until(() => server.listening, "a port");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
