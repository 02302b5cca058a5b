// The gateway's side of the wire, as small as it can be: keeps what arrives, counts what comes twice, answers with receipts.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Receipt } from "@millwright/contract/down-message";
import { downTopic, gatewayFilters, type Lane, parseTopic } from "@millwright/contract/topics";
import { StateMessage, UpEnvelope, UpMessage } from "@millwright/contract/up-message";
import mqtt from "mqtt";
import * as v from "valibot";

export const address = { tenant: "acme", agent: "box-1" };

export type TestGateway = {
  readonly stored: Record<Lane, Map<number, unknown>>;
  readonly states: StateMessage[];
  readonly messages: UpEnvelope[];
  /** Decides whether and when a message is stored and confirmed; it is by default, at once. */
  judge: (message: UpEnvelope) => Promise<"confirm" | "ignore"> | "confirm" | "ignore";
  store: string;
  send(down: "receipt" | "command", payload: unknown): void;
  close(): Promise<void>;
};

export async function startTestGateway(url: string): Promise<TestGateway> {
  const client = mqtt.connect(url, { clientId: `gateway-${randomUUID()}`, reconnectPeriod: 100, protocolVersion: 4 });
  client.on("error", () => {});
  let commit = 0;
  const gateway: TestGateway = {
    stored: { prediction: new Map(), event: new Map(), telemetry: new Map() },
    states: [],
    messages: [],
    judge: () => "confirm",
    store: randomUUID(),
    send: (down, payload) =>
      void client.publish(downTopic(address, down), typeof payload === "string" ? payload : JSON.stringify(payload), { qos: 1 }),
    close: () => client.endAsync(true),
  };
  const take = async (message: UpEnvelope): Promise<void> => {
    gateway.messages.push(message);
    if ((await gateway.judge(message)) === "ignore") return;
    const records = message.records as { seq: number }[];
    for (const record of records) gateway.stored[message.lane].set(record.seq, record);
    commit += 1;
    const seqs = records.map((record) => record.seq);
    const receipt: Receipt = {
      schema: "millwright/receipt/1",
      store: gateway.store,
      commit,
      epoch: message.epoch,
      lane: message.lane,
      ranges: seqs.map((seq) => [seq, seq]),
      rejected: [],
    };
    gateway.send("receipt", receipt);
  };
  client.on("message", (topic, payload) => {
    const parsed = parseTopic(topic);
    const body: unknown = JSON.parse(payload.toString());
    if (parsed?.kind === "state") gateway.states.push(v.parse(StateMessage, body));
    if (parsed?.kind === "up") void take(v.is(UpMessage, body) ? body : v.parse(UpEnvelope, body));
  });
  await new Promise<void>((resolve) => client.once("connect", () => resolve()));
  await client.subscribeAsync([...gatewayFilters], { qos: 1 });
  return gateway;
}

/** Waits until `condition` holds, in real time. @throws where it does not within `timeoutMs`. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, timeoutMs = 15_000): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(10);
  }
}
