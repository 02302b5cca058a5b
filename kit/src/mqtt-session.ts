// One MQTT 3.1.1 session over mqtt.js, without its traps: no unbounded memory queue, no message over the broker's limit, no throw
// inside a message handler, jittered reconnects. What must not be lost is kept elsewhere and sent again: a PUBACK is not a receipt.
import "./mqtt-lengths.ts";

import { Socket } from "node:net";
import mqtt from "mqtt";
import { messageOf } from "./fault.ts";
import { retrySchedule } from "./retry-schedule.ts";

export type MqttOptions = {
  url: string;
  clientId: string;
  username?: string | undefined;
  password?: string | undefined;
  /** Subscribed again after every connect, QoS 1. */
  filters: readonly string[];
  will?: { topic: string; payload: string } | undefined;
  /** After every connect, when the subscriptions stand. */
  onConnect: () => void;
  onDisconnect: () => void;
  onMessage: (topic: string, payload: Buffer) => void;
  /** A connection or handler error, in words; for the log. */
  onError: (detail: string) => void;
};

export type MqttSession = {
  readonly isConnected: boolean;
  /**
   * Resolves when the broker took it. Rejects at once while disconnected, and when the connection ends first; it may have arrived even so.
   * It is never sent again behind the caller's back.
   */
  publish(topic: string, payload: string, options?: { retain?: boolean }): Promise<void>;
  /** Says goodbye and closes; the will is not sent. */
  close(): Promise<void>;
};

const connectTimeoutMs = 10_000;
const keepaliveS = 15;
const goodbyeMs = 2_000;

export function openMqttSession(options: MqttOptions): MqttSession {
  let delays = retrySchedule({ firstMs: 400, maxMs: 5_000, minMs: 100 });
  let isReady = false;
  const unanswered = new Map<() => void, number | undefined>();
  const client = mqtt.connect(options.url, {
    clientId: options.clientId,
    protocolVersion: 4,
    clean: true,
    keepalive: keepaliveS,
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: delays.next().value,
    resubscribe: false,
    queueQoSZero: false,
    writeCache: false,
    reschedulePings: true,
    ...(options.username === undefined ? {} : { username: options.username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.will === undefined
      ? {}
      : { will: { topic: options.will.topic, payload: Buffer.from(options.will.payload), qos: 1 as const, retain: true } }),
  });

  client.on("connect", () => {
    noDelay(client.stream);
    const ready = (): void => {
      isReady = true;
      delays = retrySchedule({ firstMs: 400, maxMs: 5_000, minMs: 100 });
      guard(options.onConnect, options.onError);
    };
    if (options.filters.length === 0) return ready();
    client.subscribe([...options.filters], { qos: 1 }, (error) => {
      if (error === null || error === undefined) return ready();
      options.onError(`subscribe: ${messageOf(error)}`);
      // The pause before the next connection comes with the end of this one; `client.reconnect()` would take none.
      client.stream.destroy();
    });
  });
  client.on("close", () => {
    client.options.reconnectPeriod = delays.next().value;
    if (isReady) guard(options.onDisconnect, options.onError);
    isReady = false;
    for (const [abandon, messageId] of unanswered) {
      abandon();
      // mqtt.js would send it again before it says that it is connected: one message that the broker hangs up on would mute it for ever.
      if (messageId !== undefined) client.removeOutgoingMessage(messageId);
    }
  });
  client.on("error", (error) => options.onError(messageOf(error)));
  client.on("message", (topic, payload) => guard(() => options.onMessage(topic, payload), options.onError));

  return {
    get isConnected() {
      return isReady;
    },
    publish(topic, payload, { retain = false } = {}) {
      if (!isReady) return Promise.reject(new Error("not connected to the broker"));
      return new Promise((resolve, reject) => {
        const abandon = (): void => settle(() => reject(new Error("the connection to the broker ended")));
        const settle = (how: () => void): void => {
          unanswered.delete(abandon);
          how();
        };
        unanswered.set(abandon, undefined);
        client.publish(topic, payload, { qos: 1, retain }, (error) => settle(() => (error ? reject(error) : resolve())));
        if (unanswered.has(abandon)) unanswered.set(abandon, client.getLastMessageId());
      });
    },
    // A goodbye waits for acknowledgements that may never come: after a moment the connection is cut.
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(() => client.end(true, {}, () => resolve()), goodbyeMs);
        client.end(false, {}, () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

// Small messages one after the other: Nagle's algorithm and delayed acknowledgements together cost 85 ms from publish to receipt.
function noDelay(stream: unknown): void {
  if (stream instanceof Socket) stream.setNoDelay(true);
}

function guard(work: () => void, onError: (detail: string) => void): void {
  try {
    work();
  } catch (error) {
    onError(messageOf(error));
  }
}
