import assert from "node:assert/strict";
import { test } from "node:test";
import { exceptionTo, HostileServer, replyTo } from "../registers/test-support/hostile-server.ts";
import { runAgent } from "./test-support/run-agent.ts";

type Document = { ok: boolean; bases: { base: number; address: number; failure: string | null; candidates: Record<string, unknown>[] }[] };

// Registers 107 and 108 on the wire hold a float32, low word first, that moves; registers from 110 on do not exist.
async function device(): Promise<HostileServer> {
  let reads = 0;
  return HostileServer.start((asked, socket) => {
    if (asked.address + asked.count > 110) return void socket.write(exceptionTo(asked, 2));
    const reply = replyTo(asked);
    const bits = new DataView(new ArrayBuffer(4));
    bits.setFloat32(0, 23.4567 + 0.011 * (reads++ % 3));
    for (const [register, at] of [
      [107, 2],
      [108, 0],
    ] as const)
      if (register >= asked.address && register < asked.address + asked.count)
        reply.writeUInt16BE(bits.getUint16(at), 9 + 2 * (register - asked.address));
    socket.write(reply);
  });
}

test("the address in both bases, with the true type and order first; registers that do not exist are left out", async () => {
  const server = await device();
  const tcp = `127.0.0.1:${server.port}`;
  const words = ["probe", "--tcp", tcp, "--unit", "1", "--register", "108", "--every", "10ms"];
  const { status, stdout } = await runAgent([...words, "--json"]);
  const { ok, bases } = JSON.parse(stdout) as Document;
  assert.deepEqual([status, ok], [0, true]);
  assert.deepEqual(
    bases.map(({ base, address }) => [base, address]),
    [
      [0, 108],
      [1, 107],
    ],
  );
  const [first] = bases[1]?.candidates ?? [];
  assert.deepEqual([first?.["type"], first?.["order"], first?.["plausible"], first?.["length"]], ["float32", "CDAB", true, 2]);
  assert.ok(Math.abs(Number(first?.["value"]) - 23.46) < 0.1);
  const text = await runAgent(words);
  assert.match(text.stdout, /If the manual counts from 1: address 107 on the wire/);
  assert.match(text.stdout, /\* +float32 +CDAB +23\.4\d+ +\d+ % +moves smoothly/);
  await server.stop();
});

test("nothing there: exit code 1, and why", async () => {
  const server = await device();
  const { status, stdout } = await runAgent(["probe", "--tcp", `127.0.0.1:${server.port}`, "--unit", "1", "--register", "40500"]);
  assert.equal(status, 1);
  assert.match(stdout, /exception 2 \(it has no such register\)\n/);
  assert.match(stdout, /holding register 500: try --register 500 --table holding/);
  await server.stop();
});

test("no connection: what to look at is the address or the port, not the table", async () => {
  const server = await device();
  const { port: unused } = server;
  await server.stop();
  const tcp = await runAgent(["probe", "--tcp", `127.0.0.1:${unused}`, "--unit", "1", "--register", "5"]);
  assert.match(tcp.stdout, /nothing listens there \(ECONNREFUSED\)\n\nThere is no connection\. Is the address right/);
  const port = await runAgent(["probe", "--port", "/dev/null/none", "--unit", "1", "--register", "5"]);
  assert.match(port.stdout, /Run `millwright-agent doctor`: it looks at the port/);
  for (const { status, stdout } of [tcp, port]) assert.deepEqual([status, /--table/.test(stdout)], [1, false]);
});

test("wrong options: exit code 2", async () => {
  for (const [words, says] of [
    [["--tcp", "127.0.0.1:502", "--unit", "1"], /--register is missing/],
    [["--tcp", "127.0.0.1:502", "--register", "1"], /--unit is missing/],
    [["--tcp", "127.0.0.1:502", "--unit", "1", "--register", "1", "--table", "coil"], /holding or input/],
    [["--unit", "1", "--register", "1"], /address is missing/],
  ] as const) {
    const { status, stderr } = await runAgent(["probe", ...words]);
    assert.equal(status, 2);
    assert.match(stderr, says);
  }
});
