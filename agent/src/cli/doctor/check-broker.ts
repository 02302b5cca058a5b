// The way to the gateway, step by step: its name, the network, TLS, the log-in. Publishes and subscribes to nothing.
import { randomUUID } from "node:crypto";
import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { messageOf } from "@millwright/kit/fault";
import { openMqttSession } from "@millwright/kit/mqtt-session";
import type { AgentStatus } from "../../agent-status.ts";
import type { ResolvedConfig } from "../../config/resolved-config.ts";
import { troubleText } from "../devices/device-failure.ts";
import { durationWords } from "../terminal/duration-words.ts";
import { connectOnce, reasonOf } from "./check-network.ts";
import { checkTls } from "./check-tls.ts";
import { type Finding, fail, ok } from "./finding.ts";

const logInMs = 8_000;

/**
 * Where the running agent is connected, its word is taken for the log-in: on a broker that takes the user's name for the client's id, a second
 * log-in would throw the agent out.
 */
export async function checkBroker(gateway: ResolvedConfig["gateway"], running: AgentStatus | null): Promise<Finding[]> {
  const { protocol, hostname, port: given } = new URL(gateway.url);
  const isTls = protocol === "mqtts:";
  const host = hostname.replace(/^\[|\]$/g, "");
  const port = given === "" ? (isTls ? 8_883 : 1_883) : Number(given);
  const findings: Finding[] = [];
  const steps = [
    () => checkName(host),
    () => checkPort(host, port),
    ...(isTls ? [() => checkTls(host, port)] : []),
    () => checkLogIn(gateway, running),
  ];
  // What comes after a step that failed would only fail, too.
  for (const step of steps) {
    const found = await step();
    findings.push(...found);
    if (found.some(({ verdict }) => verdict === "fail")) break;
  }
  return findings;
}

async function checkName(host: string): Promise<Finding[]> {
  if (isIP(host) !== 0) return [];
  try {
    const { address } = await lookup(host);
    return [ok("broker's name", `${host} is ${address}`)];
  } catch (error) {
    return [
      fail(
        "broker's name",
        `${host}: ${troubleText(reasonOf(error))}`,
        "Look at the spelling in gateway.url, and at the name server in /etc/resolv.conf; an address works as well.",
      ),
    ];
  }
}

async function checkPort(host: string, port: number): Promise<Finding[]> {
  try {
    await connectOnce(host, port);
    return [ok("broker", `${host}:${port} takes connections`)];
  } catch (error) {
    return [
      fail(
        "broker",
        `${host}:${port}: ${troubleText(reasonOf(error))}`,
        "Is the gateway running, and does a firewall let this port through? Records are kept meanwhile.",
      ),
    ];
  }
}

async function checkLogIn(gateway: ResolvedConfig["gateway"], running: AgentStatus | null): Promise<Finding[]> {
  const check = "broker's log-in";
  if (running?.gateway.connected === true && running.gateway.url === gateway.url)
    return [ok(check, `the running agent has been connected for ${durationWords(running.gateway.for_ms)}`)];
  let password: string | undefined;
  try {
    password = gateway.passwordFile === null ? undefined : readFileSync(gateway.passwordFile, "utf8").trim();
  } catch (error) {
    return [fail(check, `the password cannot be read: ${messageOf(error)}`, "Run as the user of the service, or correct password_file.")];
  }
  const trouble = await logIn(gateway, password);
  const who = gateway.username === null ? "without a name" : `as ${gateway.username}`;
  if (trouble === null) return [ok(check, `the broker takes this agent ${who}`)];
  return [
    fail(
      check,
      `${who}: ${troubleText(trouble)}`,
      "Compare username and password_file with what the broker knows. Where it wants none, leave both out.",
    ),
  ];
}

/** @returns null where the broker said yes, else why not. */
async function logIn({ url, username }: ResolvedConfig["gateway"], password: string | undefined): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const session = openMqttSession({
    url,
    clientId: `millwright-doctor-${randomUUID().slice(0, 8)}`,
    username: username ?? undefined,
    password,
    filters: [],
    onConnect: () => resolve(null),
    onDisconnect: () => {},
    onMessage: () => {},
    onError: resolve,
  });
  const timer = setTimeout(() => resolve(`no answer within ${logInMs / 1_000} s; is it an MQTT broker?`), logInMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await session.close();
  }
}
