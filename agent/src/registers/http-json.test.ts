import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Bus } from "./bus.ts";
import type { BusEvent } from "./bus-event.ts";
import { type HttpJsonOptions, httpJson, type JsonReply, type JsonRequest } from "./http-json.ts";
import { type Link, newLinkCounters } from "./link.ts";
import { answerJson, type HttpBehaviour, JsonServer } from "./test-support/json-server.ts";

const request: JsonRequest = { unit: 1, path: "/data?unit=1" };
const timeoutMs = 150;
/** The machine may be busy with other tests. */
const slackMs = 250;

type Body = (link: Link<JsonRequest, JsonReply>, server: JsonServer, counters: ReturnType<typeof newLinkCounters>) => Promise<void>;

async function withLink(behaviour: HttpBehaviour, body: Body, options: Partial<HttpJsonOptions> = {}): Promise<void> {
  const server = await JsonServer.start(behaviour);
  const counters = newLinkCounters();
  const open = httpJson({ url: server.url, ...options });
  const link = await open({ counters, closeAfterTimeouts: 3, signal: new AbortController().signal });
  try {
    await body(link, server, counters);
  } finally {
    link.close();
    await link.ended;
    await server.stop();
  }
}

const crumbs = async (response: ServerResponse, text: string): Promise<void> => {
  for (const char of text) {
    if (response.destroyed) return;
    response.write(char);
    await sleep(20);
  }
  response.end();
};

const hugeBody: HttpBehaviour = (_, response) => {
  const chunk = Buffer.alloc(65_536, " ");
  let left = 300 * 16;
  const pump = (): void => {
    while (left-- > 0) if (!response.write(chunk)) return void response.once("drain", pump);
    response.end("{}");
  };
  pump();
};

const cases: { name: string; answer: HttpBehaviour; code: string; detail?: RegExp; ends?: boolean }[] = [
  { name: "a server that never answers", answer: () => {}, code: "bus_timeout" },
  { name: "headers, and then nothing", answer: (_, r) => r.writeHead(200).flushHeaders(), code: "bus_timeout" },
  { name: "a byte every 20 ms", answer: (_, r) => crumbs(r, JSON.stringify({ value: "x".repeat(500) })), code: "bus_timeout" },
  { name: "a refusal in crumbs", answer: (_, r) => crumbs(r.writeHead(503), "x".repeat(500)), code: "bus_timeout" },
  { name: "300 MiB", answer: hugeBody, code: "bus_malformed_reply", detail: /the reply is longer than 1 MiB$/ },
  { name: "headers without an end", answer: (_, r) => r.setHeader("x", "y".repeat(60_000)).end("{}"), code: "bus_malformed_reply" },
  {
    name: "a redirect",
    answer: (_, r) => r.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
    code: "bus_exception",
    detail: /302.*not followed/,
  },
  { name: "HTTP status 401", answer: (_, r) => r.writeHead(401).end("{}"), code: "bus_exception", detail: /401.*headers_file/ },
  { name: "HTTP status 500 with JSON", answer: (_, r) => r.writeHead(500).end('{"value":1}'), code: "bus_exception", detail: /status 500/ },
  { name: "no content", answer: (_, r) => r.writeHead(204).end(), code: "bus_malformed_reply" },
  { name: "a page instead of JSON", answer: (_, r) => r.end("<html>"), code: "bus_malformed_reply", detail: /not a JSON document/ },
  {
    name: "a name twice",
    answer: (_, r) => r.end('{"a":1,"a":2}'),
    code: "bus_malformed_reply",
    detail: /the reply names a member twice$/,
  },
  { name: "half a document", answer: (_, r) => r.end('{"value":1'), code: "bus_malformed_reply" },
  {
    name: "a body shorter than it says",
    answer: (_, r) => r.writeHead(200, { "content-length": 50 }).write("{}", () => r.destroy()),
    code: "bus_connection_lost",
    ends: true,
  },
  {
    name: "compression nobody asked for",
    answer: (_, r) => r.writeHead(200, { "content-encoding": "gzip" }).end(Buffer.from("H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==", "base64")),
    code: "bus_malformed_reply",
  },
  { name: "something that is not HTTP", answer: (_, r) => r.socket?.end("SSH-2.0-OpenSSH\r\n"), code: "bus_malformed_reply" },
  { name: "a connection dropped with the request in flight", answer: (_, r) => r.destroy(), code: "bus_connection_lost", ends: true },
];

for (const { name, answer, code, detail = /GET \/data/, ends = false } of cases) {
  test(`${name} → ${code}, in time`, async () => {
    await withLink(answer, async (link, server) => {
      const startedMs = performance.now();
      const outcome = await link.read(request, timeoutMs);
      assert.ok(performance.now() - startedMs < timeoutMs + slackMs);
      assert.equal(outcome.ok ? "a value" : outcome.code, code, outcome.ok ? "" : outcome.detail);
      assert.match(outcome.ok ? "" : outcome.detail, detail);
      server.behaviour = answerJson({ value: 7 });
      const next = await link.read(request, 2_000);
      assert.equal(next.ok, !ends, next.ok ? "" : next.detail);
      if (next.ok) assert.deepEqual(next.reply.document, { value: 7 });
      else assert.equal((await link.ended).kind, "peer");
    });
  });
}

test("300 MiB are not kept: the connection is closed after the first MiB", async () => {
  await withLink(hugeBody, async (link) => {
    const before = process.memoryUsage().rss;
    await link.read(request, 5_000);
    assert.ok(process.memoryUsage().rss - before < 100e6);
  });
});

test("the request as it is sent: path and query, no proxy, one kept connection for many requests", async () => {
  process.env["http_proxy"] = "http://127.0.0.1:1";
  await withLink(answerJson({ a: 1 }), async (link, server, counters) => {
    for (let i = 0; i < 20; i++) assert.equal((await link.read(request, 2_000)).ok, true);
    assert.equal(server.connections, 2, "one to see whether anybody listens, one to ask");
    assert.equal(server.open, 1);
    const [asked] = server.asked;
    assert.deepEqual([asked?.method, asked?.url, asked?.headers.host], ["GET", "/data?unit=1", `127.0.0.1:${server.port}`]);
    assert.deepEqual([counters.requests, counters.good], [20, 20]);
  });
  delete process.env["http_proxy"];
});

test("a kept connection that the server closed while idle, or just as it is used, costs no read", async () => {
  await withLink(answerJson({ a: 1 }), async (link, server) => {
    assert.equal((await link.read(request, 2_000)).ok, true);
    server.dropAll();
    assert.equal((await link.read(request, 2_000)).ok, true);
    let drops = 1;
    server.behaviour = (asked, response) => (drops-- > 0 ? response.destroy() : answerJson({ a: 2 })(asked, response));
    const outcome = await link.read(request, 2_000);
    assert.deepEqual(outcome.ok && outcome.reply.document, { a: 2 });
  });
});

test("a late reply is never the answer to another request: its connection is closed", async () => {
  await withLink(
    (_, response) => void setTimeout(() => response.end('{"of":"the first"}'), 120),
    async (link, server) => {
      assert.equal((await link.read(request, 60)).ok, false);
      server.behaviour = (_, response) => void setTimeout(() => response.end('{"of":"the second"}'), 120);
      const outcome = await link.read(request, 2_000);
      assert.deepEqual(outcome.ok && outcome.reply.document, { of: "the second" });
      assert.ok(server.open <= 1);
    },
  );
});

test("three time-outs in a row end the link; a closed link settles what is in flight", async () => {
  await withLink(
    () => {},
    async (link) => {
      for (let i = 0; i < 3; i++) assert.equal((await link.read(request, 20)).ok, false);
      assert.equal((await link.ended).kind, "timeouts");
    },
  );
  await withLink(
    () => {},
    async (link) => {
      const outcome = link.read(request, 5_000);
      link.close();
      assert.equal((await outcome).ok, false);
      assert.equal((await link.ended).kind, "closed");
    },
  );
});

test("headers from a file go with every request; a changed token is taken after a refusal; no value in any message", async () => {
  const dir = mkdtempSync(join(tmpdir(), "millwright-headers-"));
  const headersFile = join(dir, "headers");
  writeFileSync(headersFile, "# the weather service\nAuthorization: Bearer old\nX-Site: a b\n");
  const guarded: HttpBehaviour = (asked, response) =>
    asked.headers.authorization === "Bearer new" ? answerJson({})(asked, response) : response.writeHead(401).end();
  const body: Body = async (link, server) => {
    const first = await link.read(request, 2_000);
    assert.ok(!first.ok && !first.detail.includes("old"));
    assert.equal(server.asked[0]?.headers["x-site"], "a b");
    writeFileSync(headersFile, "Authorization: Bearer new\n");
    assert.equal((await link.read(request, 2_000)).ok, false);
    assert.equal((await link.read(request, 2_000)).ok, true);
    writeFileSync(headersFile, "Authorization secret\n");
    const open = httpJson({ url: server.url, headersFile });
    await assert.rejects(
      open({ counters: newLinkCounters(), closeAfterTimeouts: 3, signal: new AbortController().signal }),
      (error: Error) => {
        assert.match(error.message, /line 1 is not "Name: value"/);
        return !error.message.includes("secret");
      },
    );
  };
  try {
    await withLink(guarded, body, { headersFile });
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("behind its owner: absent at first, then there, then gone: told once each, with backoff, and read again by itself", async () => {
  const first = await JsonServer.start();
  const { port, url } = first;
  await first.stop();
  const events: BusEvent["kind"][] = [];
  const bus = new Bus<JsonRequest, JsonReply>({
    name: "b",
    open: httpJson({ url }),
    timeoutMs: 500,
    retries: 0,
    onEvent: ({ kind }) => events.push(kind),
  });
  const outcome = await bus.read(request);
  assert.equal(outcome.ok ? "" : outcome.code, "bus_unreachable");
  for (let round = 0; round < 2; round++) {
    const server = await JsonServer.start(answerJson({ round }), port);
    const untilMs = performance.now() + 8_000;
    while (!(await bus.read(request)).ok && performance.now() < untilMs) await sleep(20);
    const again = await bus.read(request);
    assert.deepEqual(again.ok && again.reply.document, { round });
    await server.stop();
    assert.equal((await bus.read(request)).ok, false);
  }
  await bus.close();
  assert.deepEqual([events[0], bus.health().connects], ["bus_unreachable", 2]);
  const newsOnly = events.filter((kind) => kind !== "bus_unreachable");
  assert.deepEqual(newsOnly, ["bus_connected", "bus_disconnected", "bus_connected", "bus_disconnected"]);
});
