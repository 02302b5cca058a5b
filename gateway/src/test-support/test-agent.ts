// An agent for tests: publishes what it is told over a real broker, and keeps what comes down.
import { randomUUID } from "node:crypto";
import type { Command, Receipt } from "@millwright/contract/down-message";
import { downTopic, type Lane, stateTopic, upTopic } from "@millwright/contract/topics";
import { openMqttSession } from "@millwright/kit/mqtt-session";
import { birth, testEpoch } from "./records.ts";
import { until } from "./until.ts";

export type TestAgent = {
  readonly receipts: Receipt[];
  readonly commands: Command[];
  /** Publishes one batch. */
  send(lane: Lane, records: readonly unknown[], epoch?: string): Promise<void>;
  /** Publishes anything on up/<lane>. */
  sendRaw(lane: Lane, payload: string): Promise<void>;
  sayState(model?: Pick<Parameters<typeof birth>[0] & object, "phase" | "readiness" | "missing">): Promise<void>;
  /** What the broker says of it when it dies: its will. */
  sayOffline(): Promise<void>;
  /** Sends until a receipt names the batch's first record, as agents do. */
  deliver(lane: Lane, records: readonly { seq: number }[]): Promise<Receipt>;
  close(): Promise<void>;
};

export async function startTestAgent(url: string, { tenant = "default", agent = "box-1" } = {}): Promise<TestAgent> {
  const address = { tenant, agent };
  const receipts: Receipt[] = [];
  const commands: Command[] = [];
  const session = openMqttSession({
    url,
    clientId: `test-${randomUUID()}`,
    filters: [downTopic(address, "receipt"), downTopic(address, "command")],
    onConnect: () => {},
    onDisconnect: () => {},
    onError: () => {},
    onMessage(topic, payload) {
      if (topic.endsWith("/receipt")) receipts.push(JSON.parse(payload.toString()) as Receipt);
      else commands.push(JSON.parse(payload.toString()) as Command);
    },
  });
  await until(() => session.isConnected, "the test agent's connection");
  const send: TestAgent["send"] = (lane, records, epoch = testEpoch) =>
    session.publish(upTopic(address, lane), JSON.stringify({ schema: "millwright/up/1", tenant, agent, epoch, lane, records }));
  return {
    receipts,
    commands,
    send,
    sendRaw: (lane, payload) => session.publish(upTopic(address, lane), payload),
    sayState: (model) => session.publish(stateTopic(address), JSON.stringify(birth({ ...address, ...model })), { retain: true }),
    sayOffline: () =>
      session.publish(stateTopic(address), JSON.stringify({ schema: "millwright/state/1", ...address, status: "offline" }), {
        retain: true,
      }),
    async deliver(lane, records) {
      const seq = records[0]?.seq ?? 0;
      const names = (receipt: Receipt): boolean =>
        receipt.lane === lane &&
        (receipt.ranges.some(([from, to]) => from <= seq && seq <= to) || receipt.rejected.some((one) => one.seq === seq));
      const from = receipts.length;
      for (;;) {
        await send(lane, records).catch(() => {});
        const found = await until(() => receipts.slice(from).find(names), "a receipt", 1_000).catch(() => undefined);
        if (found !== undefined) return found;
      }
    },
    close: () => session.close(),
  };
}
