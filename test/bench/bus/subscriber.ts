// subscriber.ts PORT PERIOD_MS: counts the points that arrive, from our agent or from Node-RED, and how old they are. Confirms ours, as a gateway does.
// Prints {"event":"window","points","onTime","agesMs"} for every second, by the time of the rows themselves, some seconds after it: on time is what was less
// than one period old when it came; an age a row, in ms. What comes later than that is nowhere.
import { downTopic, parseTopic } from "@millwright/contract/topics";
import mqtt from "mqtt";

const [port = "", period = ""] = process.argv.slice(2);
const periodMs = Number(period);
const store = "00000000-0000-4000-8000-000000000001";
type Window = { points: number; onTime: number; agesMs: number[] };
/** By the second of Unix time. */
const windows = new Map<number, Window>();
/** As long as rows of a second may still come. */
const patienceSeconds = 3 + Math.ceil(periodMs / 1_000);
const secondNow = (): number => Math.floor(Date.now() / 1_000);
let toldSecond = secondNow() - patienceSeconds;
let commit = 0;

const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { clientId: "bench-subscriber" });
client.on("connect", () => {
  (client.stream as unknown as { setNoDelay(on: boolean): void }).setNoDelay(true);
  client.subscribe(["millwright/v1/+/+/up/+", "bench/#"], { qos: 1 }, () =>
    process.stdout.write(`${JSON.stringify({ event: "ready" })}\n`),
  );
});
client.on("message", (topic, payload) => (topic.startsWith("bench/") ? takePeer(payload) : takeOurs(topic, payload)));

type Telemetry = { seq: number; kind: string; time: { wall_ms: number }; values: Record<string, number | null> };

function takeOurs(topic: string, payload: Buffer): void {
  const { tenant, agent, epoch, lane, records } = JSON.parse(payload.toString()) as {
    tenant: string;
    agent: string;
    epoch: string;
    lane: "telemetry";
    records: Telemetry[];
  };
  for (const { kind, time, values } of records) if (kind === "telemetry") count(Object.keys(values).length, time.wall_ms);
  const seqs = records.map(({ seq }) => seq).sort((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const seq of seqs) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === seq - 1) last[1] = seq;
    else ranges.push([seq, seq]);
  }
  const receipt = { schema: "millwright/receipt/1", store, commit: ++commit, epoch, lane, ranges, rejected: [] };
  if (parseTopic(topic) !== null) client.publish(downTopic({ tenant, agent }, "receipt"), JSON.stringify(receipt), { qos: 1 });
}

function takePeer(payload: Buffer): void {
  const { t, values } = JSON.parse(payload.toString()) as { t: number; values: number[] };
  count(values.length, t);
}

function count(n: number, atMs: number): void {
  const second = Math.floor(atMs / 1_000);
  if (second <= toldSecond) return;
  const window = windows.get(second) ?? { points: 0, onTime: 0, agesMs: [] };
  windows.set(second, window);
  const ageMs = Date.now() - atMs;
  window.points += n;
  if (ageMs < periodMs) window.onTime += n;
  window.agesMs.push(ageMs);
}

setInterval(() => {
  while (toldSecond < secondNow() - patienceSeconds) {
    toldSecond += 1;
    const window = windows.get(toldSecond) ?? { points: 0, onTime: 0, agesMs: [] };
    windows.delete(toldSecond);
    process.stdout.write(`${JSON.stringify({ event: "window", ...window })}\n`);
  }
}, 1_000);
