// The stage of a journey: a folder, free ports, the configurations that fit what the simulator serves.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { AgentConfigInput } from "@millwright/contract/agent-config";
import type { GatewayConfigInput } from "@millwright/contract/gateway-config";
import type { RecordingProfile } from "@millwright/contract/recording-profile";
import { stringify } from "yaml";
import { freePort } from "../../scripts/processes/free-port.ts";

export type Stage = {
  folder: string;
  httpPort: number;
  mqttPort: number;
  gatewayConfig: string;
  agentConfig: string;
  templates: string;
  agentLedger: string;
  gatewayLedger: string;
  agentStore: string;
  gatewayData: string;
};

export async function setStage({ keep, hasOwnBroker }: { keep: string | undefined; hasOwnBroker: boolean }): Promise<Stage> {
  const folder = keep === undefined ? mkdtempSync(join(tmpdir(), "millwright-journey-")) : resolve(keep);
  mkdirSync(folder, { recursive: true });
  const [httpPort, mqttPort] = [await freePort(), await freePort()];
  const stage: Stage = {
    folder,
    httpPort,
    mqttPort,
    gatewayConfig: join(folder, "gateway.yaml"),
    agentConfig: join(folder, "agent.yaml"),
    templates: join(folder, "templates"),
    agentLedger: join(folder, "agent.ledger"),
    gatewayLedger: join(folder, "gateway.ledger"),
    agentStore: join(folder, "agent-data"),
    gatewayData: join(folder, "gateway-data"),
  };
  const gateway: GatewayConfigInput = {
    version: 1,
    data_dir: stage.gatewayData,
    http: { port: httpPort },
    broker: hasOwnBroker ? { kind: "external", url: `mqtt://127.0.0.1:${mqttPort}` } : { kind: "embedded", port: mqttPort },
  };
  writeFileSync(stage.gatewayConfig, stringify(gateway));
  return stage;
}

/**
 * The agent polls at twice the row rate; the row counter says which rows are new. Rows come so fast here that a lost reply must be noticed
 * within a third of a poll: on this machine replies take about a millisecond, and a late one is recognised by its transaction id.
 */
export function writeAgentConfig(stage: Stage, profile: RecordingProfile, simPort: number, timeScale: number): void {
  const pollMs = profile.period / 2;
  const realPollMs = pollMs / timeScale;
  const config: AgentConfigInput = {
    version: 1,
    agent: "journey",
    site: "bench",
    gateway: { url: `mqtt://127.0.0.1:${stage.mqttPort}` },
    data_dir: stage.agentStore,
    templates: [stage.templates],
    buses: { rig: { tcp: `127.0.0.1:${simPort}`, timeout: `${Math.max(5, Math.min(500, Math.round(realPollMs * 0.3)))}ms`, retries: 3 } },
    machines: {
      [profile.machine.name]: {
        class: profile.machine.class,
        every: `${profile.period}ms`,
        learn: { rows: profile.learn_rows },
        reads: [{ bus: "rig", unit: 1, template: `recording/${profile.profile}`, every: `${pollMs}ms` }],
      },
    },
  };
  writeFileSync(stage.agentConfig, stringify(config));
}
