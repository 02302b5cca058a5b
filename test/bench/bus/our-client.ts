// our-client.ts HOST PORT REGISTERS REQUESTS IN_FLIGHT: as fast as the agent's bus can read, every value decoded and held against its range.
// Prints {"requests":N,"seconds":S}.
import { performance } from "node:perf_hooks";
import { Bus } from "@millwright/agent/registers/bus";
import { DeviceReader, type ReadPoint } from "@millwright/agent/registers/device-reader";
import { modbusTcp } from "@millwright/agent/registers/modbus-tcp";

const [host = "", ...figures] = process.argv.slice(2);
const [port = 0, registers = 0, requests = 0, inFlight = 1] = figures.map(Number);

/** Until the code is compiled; a C client comes compiled. */
const warmUpReads = 3_000;

const bus = new Bus({ name: "bench", open: modbusTcp({ host, port }), timeoutMs: 1_000, retries: 0, maxInFlight: inFlight });
const points = Array.from({ length: registers }, (_, address): ReadPoint => {
  return {
    name: `p${address}`,
    table: "holding",
    address,
    type: "uint16",
    order: "ABCD",
    scale: 0.1,
    offset: 0,
    sentinels: [65_535],
    range: [0, 6_000],
  };
});
const readers = Array.from({ length: inFlight }, () => {
  return new DeviceReader({ bus, unit: 1, points, maxBlock: 125, maxGap: 16, pipeline: inFlight, clock: performanceClock() });
});

for (let i = 0; i < warmUpReads; i++) await readers[0]?.read();
const startMs = performance.now();
let left = requests;
await Promise.all(
  readers.map(async (reader) => {
    while (left-- > 0) {
      const { reasons } = await reader.read();
      if (reasons[0] !== null) throw new Error(`a read failed: ${reasons[0]}`);
    }
  }),
);
const seconds = (performance.now() - startMs) / 1_000;
await bus.close();
process.stdout.write(`${JSON.stringify({ requests, seconds })}\n`);

function performanceClock(): { monotonicMs(): number } {
  return { monotonicMs: () => performance.now() };
}
