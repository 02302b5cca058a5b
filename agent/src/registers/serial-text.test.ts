import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { TextTemplate } from "@millwright/contract/text-template";
import * as v from "valibot";
import { Bus } from "./bus.ts";
import type { BusEvent } from "./bus-event.ts";
import type { OpenStream } from "./byte-stream.ts";
import { type Link, newLinkCounters } from "./link.ts";
import { serialStream } from "./serial-stream.ts";
import { serialText, type TextReply, type TextRequest } from "./serial-text.ts";
import { noSocat } from "./test-support/pty-line.ts";
import { TextDevice } from "./test-support/text-device.ts";
import { textReader } from "./text-reader.ts";
import { lineJudge } from "./text-values.ts";

const timeoutMs = 100;
/** The machine may be busy with other tests. */
const slackMs = 250;

const openPort = (path: string): OpenStream =>
  serialStream({ path, baud: 9_600, dataBits: 8, parity: "none", stopBits: 1, sendEnable: "driver" });

const templateOf = (more: object) =>
  v.parse(TextTemplate, {
    template: "acme/scale",
    title: "t",
    source: { kind: "ours", title: "t" },
    trust: "stated",
    protocol: "serial-text",
    delimiter: ",",
    points: { a: { field: 1, unit: "1" }, b: { field: 2, unit: "1" } },
    ...more,
  });

function requestOf(more: object, maxAgeMs = 60_000): TextRequest {
  const template = templateOf(more);
  const { line_end, max_bytes, send = null } = template;
  return { unit: template.template, lineEnd: line_end, maxBytes: max_bytes, judge: lineJudge(template), send, maxAgeMs };
}

type Body = (link: Link<TextRequest, TextReply>, device: TextDevice, counters: ReturnType<typeof newLinkCounters>) => Promise<void>;

async function withLink(body: Body): Promise<void> {
  const device = await TextDevice.start();
  const counters = newLinkCounters();
  const link = await serialText(openPort(device.path))({ counters, closeAfterTimeouts: 20, signal: new AbortController().signal });
  try {
    await body(link, device, counters);
  } finally {
    link.close();
    await link.ended;
    await device.stop();
  }
}

const textOf = (outcome: Awaited<ReturnType<Link<TextRequest, TextReply>["read"]>>): string =>
  outcome.ok ? outcome.reply.text : outcome.code;
const ask = requestOf({ send: "READ?\r\n" });

test("asked: the answer, in pieces, behind an echo of the command and lines that are not meant", { skip: noSocat }, async () => {
  await withLink(async (link, device, counters) => {
    const pieces = async (command: string): Promise<void> => {
      for (const piece of [`${command}\r\n`, "hel", "lo\r\n", "S,1", "2.5", "\r", "\nS,99\r\n"]) {
        device.say(piece);
        await sleep(5);
      }
    };
    device.onCommand = (command) => void pieces(command);
    const outcome = await link.read(requestOf({ send: "READ?\r\n", starts_with: "S," }), 1_000);
    assert.equal(textOf(outcome), "S,12.5");
    assert.deepEqual([counters.requests, counters.good], [1, 1]);
  });
});

test("asked: what came before the question is not its answer", { skip: noSocat }, async () => {
  await withLink(async (link, device) => {
    device.onCommand = () => device.say("1,1\n");
    assert.equal(textOf(await link.read(ask, 1_000)), "1,1");
    device.say("9,9\n8,8\n7,");
    await sleep(50);
    assert.equal(textOf(await link.read(ask, 1_000)), "1,1");
  });
});

test("asked: silence is a time-out, at its deadline once the line is quiet", { skip: noSocat }, async () => {
  await withLink(async (link, _, counters) => {
    await link.read(ask, timeoutMs);
    const startedMs = performance.now();
    assert.equal(textOf(await link.read(ask, timeoutMs)), "bus_timeout");
    assert.ok(performance.now() - startedMs < timeoutMs + 300 + slackMs);
    assert.equal(counters.timeouts, 2);
  });
});

test("asked: answers that come late are never the answers to later questions", { skip: noSocat }, async () => {
  await withLink(async (link, device, counters) => {
    let [asked, right, wrong] = [0, 0, 0];
    device.onCommand = (command) => {
      const delayMs = asked++ % 3 === 0 ? 130 + 20 * (asked % 9) : 5;
      setTimeout(() => device.say(`${command.slice(4)},0\r\n`), delayMs);
    };
    for (let i = 0; i < 30; i++) {
      const outcome = await link.read({ ...ask, send: `READ${i}\r\n` }, timeoutMs);
      if (!outcome.ok) continue;
      if (outcome.reply.text === `${i},0`) right++;
      else wrong++;
    }
    assert.deepEqual([right, wrong, counters.lateRejected], [20, 0, 10]);
  });
});

test("asked: a wrong checksum and a line too long are rejected and counted; the next answer is read", { skip: noSocat }, async () => {
  await withLink(async (link, device, counters) => {
    const nmea = requestOf({ send: "Q\n", checksum: "nmea_xor", starts_with: "$", max_bytes: 32 });
    const answers = ["$A,1*00\n", `$A,${"1".repeat(40)}*00\n`, "\xff\x80$A\n$A,1*5c\n"];
    device.onCommand = () => device.say(answers.shift() ?? "");
    assert.equal(textOf(await link.read(nmea, timeoutMs)), "bus_malformed_reply");
    assert.equal(textOf(await link.read(nmea, timeoutMs)), "bus_malformed_reply");
    assert.equal(textOf(await link.read(nmea, 1_000)), "$A,1");
    assert.deepEqual([counters.crcErrors, counters.malformed], [1, 1]);
  });
});

test("sent by itself: the newest whole line for each template, with its age; half a line at the beginning is not one", {
  skip: noSocat,
}, async () => {
  await withLink(async (link, device) => {
    const wind = requestOf({ template: "acme/wind", starts_with: "W" });
    const rain = requestOf({ template: "acme/rain", starts_with: "R" });
    const first = link.read(wind, 1_000);
    await sleep(20);
    device.say("W,99\nW,1\nR,1\nW,2\nR,");
    assert.equal(textOf(await first), "W,2");
    await sleep(50);
    const second = await link.read(wind, 1_000);
    assert.equal(textOf(second), "W,2");
    assert.ok(second.ok && second.reply.ageMs >= 40);
    const third = link.read(rain, 1_000);
    await sleep(20);
    device.say("7\nR,8\n");
    assert.equal(textOf(await third), "R,8");
  });
});

test("sent by itself: an old line is not taken; the next one is waited for, and missed at the deadline", { skip: noSocat }, async () => {
  await withLink(async (link, device) => {
    const request = requestOf({}, 60);
    const first = link.read(request, 1_000);
    await sleep(20);
    device.say("\n1,1\n");
    assert.equal(textOf(await first), "1,1");
    await sleep(80);
    assert.equal(textOf(await link.read(request, 50)), "bus_timeout");
    const next = link.read(request, 1_000);
    device.say("2,2\n");
    assert.equal(textOf(await next), "2,2");
  });
});

test("a time-out says what came instead: half an answer, or lines with a wrong checksum", { skip: noSocat }, async () => {
  await withLink(async (link, device) => {
    device.onCommand = () => device.say("S,1");
    const half = await link.read(ask, timeoutMs);
    assert.match(half.ok ? "" : half.detail, /no answer within 100 ms; 3 bytes came that are none$/);
    device.onCommand = () => {};
    const damaged = setInterval(() => device.say("$A,1*00\n"), 20);
    const stream = await link.read(requestOf({ checksum: "nmea_xor" }), 200);
    clearInterval(damaged);
    assert.equal(stream.ok ? "" : stream.code, "bus_timeout");
    assert.match(stream.ok ? "" : stream.detail, /no line came by itself within 200 ms; \d+ lines came with a wrong checksum$/);
  });
});

test("a line of noise that never gets quiet: nothing is asked, everything settles", { skip: noSocat }, async () => {
  await withLink(async (link, device) => {
    const noise = setInterval(() => device.say(Buffer.from([0x55, 0xff, 0x00, 0x13])), 5);
    let commands = 0;
    device.onCommand = () => commands++;
    const startedMs = performance.now();
    assert.equal(textOf(await link.read(ask, timeoutMs)), "bus_timeout");
    clearInterval(noise);
    assert.ok(performance.now() - startedMs < 600 + timeoutMs + slackMs);
    assert.equal(commands, 0);
  });
});

test("behind its owner: the adapter pulled and back three times; read again by itself, and told", { skip: noSocat }, async () => {
  const device = await TextDevice.start();
  const events: BusEvent["kind"][] = [];
  const open = serialText(openPort(device.path));
  const bus = new Bus<TextRequest, TextReply>({ name: "b", open, timeoutMs: 200, retries: 0, onEvent: ({ kind }) => events.push(kind) });
  const until = async (isOk: boolean): Promise<void> => {
    const endMs = performance.now() + 10_000;
    while ((await bus.read(ask)).ok !== isOk) {
      assert.ok(performance.now() < endMs, "did not come about in time");
      await sleep(10);
    }
  };
  const answer = (): void => device.say("1,1\n");
  device.onCommand = answer;
  for (let round = 0; round < 3; round++) {
    await until(true);
    await device.pull();
    await until(false);
    await device.plugIn();
  }
  await until(true);
  await bus.close();
  await device.stop();
  assert.equal(events.filter((kind) => kind === "bus_connected").length, 4);
  assert.equal(events.filter((kind) => kind === "bus_disconnected").length, 3);
});

test("the reader: points in the order asked for; a line's time is when it came, in machine time", async () => {
  const clock = { monotonicMs: () => 1_000_000, scale: 10 };
  const asked: TextRequest[] = [];
  const read = (request: TextRequest) => {
    asked.push(request);
    return Promise.resolve({ ok: true as const, reply: { text: "1,2", ageMs: 50 } });
  };
  const reading = await textReader({ bus: { read }, template: templateOf({}), names: ["b", "a"], everyMs: 1_000, clock }).read();
  assert.deepEqual([[...reading.shown], reading.reasons, reading.atMonotonicMs], [[2, 1], [null, null], 999_500]);
  assert.deepEqual([asked[0]?.unit, asked[0]?.maxAgeMs, asked[0]?.send], ["acme/scale", 300, null]);
});
