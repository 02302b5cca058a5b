// subscriber.ts PORT PERIOD_MS: counts the points that arrive, from our agent or from Node-RED, and how old they are. Confirms ours, as a gateway does.
// Prints {"event":"window","points","onTime","agesMs"} every second: on time is what is less than one period old; an age a row, in ms.
import { downTopic, parseTopic } from "@millwright/contract/topics";
import mqtt from "mqtt";

const [port = "", period = ""] = process.argv.slice(2);
const periodMs = Number(period);
const store = "00000000-0000-4000-8000-000000000001";
const ages: number[] = [];
let points = 0;
let onTime = 0;
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
  for (const { kind, time, values } of records) if (kind === "telemetry") count(Object.keys(values).length, Date.now() - time.wall_ms);
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
  count(values.length, Date.now() - t);
}

function count(n: number, ageMs: number): void {
  points += n;
  if (ageMs < periodMs) onTime += n;
  ages.push(ageMs);
}

setInterval(() => {
  process.stdout.write(`${JSON.stringify({ event: "window", points, onTime, agesMs: ages })}\n`);
  ages.length = 0;
  points = 0;
  onTime = 0;
}, 1_000);
