// The agent's line to its gateway, over a broker that may forget everything: drains the outbox lane by lane, marks on the gateway's receipt
// (a PUBACK is none), keeps the retained state published, and hands each command to its handler once.
import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Command as CommandSchema, Receipt } from "@millwright/contract/down-message";
import { downTopic, type Lane, lanes, parseTopic, stateTopic, upTopic } from "@millwright/contract/topics";
import type { StateMessage } from "@millwright/contract/up-message";
import { messageOf } from "@millwright/kit/fault";
import { openMqttSession } from "@millwright/kit/mqtt-session";
import * as v from "valibot";
import type { Outbox, OutboxRecord } from "../outbox/outbox.ts";
import { drainLane, type LaneDrain } from "./drain-lane.ts";
import { type WindowSettings, windowSettings } from "./lane-window.ts";

export type UplinkOptions = {
  outbox: Outbox;
  tenant: string;
  agent: string;
  /** mqtt:// or mqtts:// */
  url: string;
  username?: string | undefined;
  password?: string | undefined;
  /**
   * Must commit the effect together with the event `command_done` that names the id: from that commit on the id is never handed over again.
   * Where it throws, the command comes again when the gateway repeats it.
   */
  onCommand: (command: Command) => Promise<void>;
  onConnect?: () => void;
  onDisconnect?: () => void;
  /** In words; for the log. */
  onError: (detail: string) => void;
  window?: Partial<WindowSettings>;
};

export type OnlineState = Extract<StateMessage, { status: "online" }>;
export type UplinkCounts = {
  sent: number;
  resent: number;
  receipts: number;
  badReceipts: number;
  foreignReceipts: number;
  commands: number;
  badCommands: number;
  quarantined: number;
};

export type Uplink = {
  readonly isConnected: boolean;
  /** Published now and after every connect, retained; a newer state replaces one that has not gone out. */
  publishState(state: OnlineState): void;
  counts(): UplinkCounts;
  /** Says `offline`, then goodbye. What waits stays in the outbox. */
  close(): Promise<void>;
};

/** Real ms before records are sent again whose receipt could not be written down: a full disk stays full for a while. */
const failedMarkPauseMs = 1_000;
const farewellTimeoutMs = 1_000;
const closeTimeoutMs = 2_000;

export function openUplink(options: UplinkOptions): Uplink {
  const { outbox, tenant, agent, onError } = options;
  const address = { tenant, agent };
  const settings = { ...windowSettings, ...options.window };
  const counts: UplinkCounts = {
    sent: 0,
    resent: 0,
    receipts: 0,
    badReceipts: 0,
    foreignReceipts: 0,
    commands: 0,
    badCommands: 0,
    quarantined: 0,
  };
  const count = (what: keyof UplinkCounts): void => {
    counts[what] += 1;
  };
  const offline: StateMessage = { schema: "millwright/state/1", tenant, agent, status: "offline" };
  const commandsAtWork = new Set<string>();
  let state: OnlineState | null = null;
  let answeredMs = Number.NEGATIVE_INFINITY;

  const session = openMqttSession({
    url: options.url,
    clientId: `millwright-${tenant}-${agent}`,
    username: options.username,
    password: options.password,
    filters: [downTopic(address, "receipt"), downTopic(address, "command")],
    will: { topic: stateTopic(address), payload: JSON.stringify(offline) },
    onConnect() {
      sendState();
      for (const lane of lanes) drains[lane].connected();
      options.onConnect?.();
    },
    onDisconnect: () => options.onDisconnect?.(),
    onMessage(topic, payload) {
      const parsed = parseTopic(topic);
      if (parsed?.kind !== "down") return;
      if (parsed.down === "receipt") void takeReceipt(payload).catch((error) => onError(`receipt: ${messageOf(error)}`));
      if (parsed.down === "command") void takeCommand(payload).catch((error) => onError(`command: ${messageOf(error)}`));
    },
    onError,
  });

  const sendState = (): void => {
    if (state === null || !session.isConnected) return;
    // A state that does not go out now goes out with the next connect.
    session.publish(stateTopic(address), JSON.stringify(state), { retain: true }).catch(() => {});
  };
  const envelope = (lane: Lane): string =>
    JSON.stringify({ schema: "millwright/up/1", tenant, agent, epoch: outbox.epoch, lane }).slice(0, -1);
  // One join makes the whole text; pasted to one that is joined already, it would be copied once more.
  const textOf = (lane: Lane, records: readonly OutboxRecord[]): string => {
    const parts = records.map((record) => record.json);
    parts[0] = `${envelope(lane)},"records":[${parts[0]}`;
    parts.push(`${parts.pop()}]}`);
    return parts.join(",");
  };
  const publish = (lane: Lane, records: readonly OutboxRecord[]): Promise<void> => {
    count("sent");
    return session.publish(upTopic(address, lane), textOf(lane, records));
  };
  const drains = Object.fromEntries(
    lanes.map((lane) => [
      lane,
      drainLane({
        lane,
        outbox,
        settings,
        onError,
        publish: (records) => publish(lane, records),
        isConnected: () => session.isConnected,
        answeredMs: () => answeredMs,
        onResend: () => count("resent"),
        onQuarantine: () => count("quarantined"),
      }),
    ]),
  ) as Record<Lane, LaneDrain>;
  const unsubscribe = outbox.subscribe((notice) => {
    if (notice.notice === "rewound") drains[notice.lane].rewind(notice.fromSeq);
    else for (const lane of notice.lanes) drains[lane].appended();
  });

  const takeReceipt = async (payload: Buffer): Promise<void> => {
    const receipt = parseJson(Receipt, payload);
    if (receipt === null) return count("badReceipts");
    if (receipt.epoch !== outbox.epoch) return count("foreignReceipts");
    count("receipts");
    const rejected = new Set(receipt.rejected.map((one) => one.seq));
    const isSettled = (seq: number): boolean => rejected.has(seq) || receipt.ranges.some(([from, to]) => seq >= from && seq <= to);
    const { lane, ranges, store, commit } = receipt;
    // The gateway has them from now on; the mark may wait for company on its way to the disk. Where it fails they are sent, and confirmed, again.
    answeredMs = Math.max(answeredMs, drains[lane].settle(isSettled));
    try {
      await outbox.mark({ lane, ranges, rejected: receipt.rejected, store, commit });
    } catch (error) {
      const seqs = [...rejected, ...ranges.map(([from]) => from)];
      await sleep(failedMarkPauseMs, undefined, { ref: false });
      drains[lane].rewind(Math.min(...seqs));
      throw error;
    }
  };
  const takeCommand = async (payload: Buffer): Promise<void> => {
    const command = parseJson(CommandSchema, payload);
    if (command === null) return count("badCommands");
    if (commandsAtWork.has(command.id)) return;
    commandsAtWork.add(command.id);
    try {
      if (await outbox.isCommandDone(command.id)) return;
      count("commands");
      await options.onCommand(command);
    } finally {
      commandsAtWork.delete(command.id);
    }
  };

  return {
    get isConnected() {
      return session.isConnected;
    },
    publishState(next) {
      state = next;
      sendState();
    },
    counts: () => ({ ...counts }),
    async close() {
      unsubscribe();
      state = null;
      const stops = Promise.all(lanes.map((lane) => drains[lane].stop()));
      const farewell = session.publish(stateTopic(address), JSON.stringify(offline), { retain: true }).catch(() => {});
      await Promise.race([farewell, sleep(farewellTimeoutMs, undefined, { ref: false })]);
      // A broker that hangs keeps nobody from stopping.
      await Promise.race([Promise.all([session.close(), stops]), sleep(closeTimeoutMs, undefined, { ref: false })]);
    },
  };
}

function parseJson<S extends v.GenericSchema>(schema: S, payload: Buffer): v.InferOutput<S> | null {
  try {
    const result = v.safeParse(schema, JSON.parse(payload.toString("utf8")));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}
