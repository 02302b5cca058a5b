// A whole gateway for tests: embedded broker and pages on free ports, its store in a folder that goes away afterwards.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GatewayConfig, type GatewayConfigInput } from "@millwright/contract/gateway-config";
import { createClock } from "@millwright/kit/clock";
import { pino } from "pino";
import * as v from "valibot";
import { type Gateway, startGateway } from "../main.ts";
import type { OpenedTicket } from "../tickets/sync-ticket.ts";

export type TestGateway = Gateway & {
  readonly folder: string;
  readonly opened: OpenedTicket[];
  get<T = Record<string, unknown>>(path: string): Promise<{ status: number; body: T }>;
  post<T = Record<string, unknown>>(path: string, body: unknown, headers?: Record<string, string>): Promise<{ status: number; body: T }>;
};

export const testFolder = (): string => mkdtempSync(join(tmpdir(), "millwright-gateway-"));

export async function startTestGateway({
  pages = null,
  ledger = null,
  ...config
}: Partial<GatewayConfigInput> & { pages?: string | null; ledger?: string | null } = {}): Promise<TestGateway> {
  const folder = testFolder();
  const opened: OpenedTicket[] = [];
  const gateway = await startGateway({
    config: v.parse(GatewayConfig, { version: 1, data_dir: folder, http: { port: 0 }, broker: { kind: "embedded", port: 0 }, ...config }),
    clock: createClock(),
    logger: pino({ level: "silent" }),
    pages,
    ledger,
    onTicketOpened: (ticket) => opened.push(ticket),
    onTicketClosed: () => {},
    onStoreLost: () => {},
  });
  const call = async <T>(path: string, init?: RequestInit): Promise<{ status: number; body: T }> => {
    const response = await fetch(`${gateway.http}${path}`, { signal: AbortSignal.timeout(5_000), ...init });
    return { status: response.status, body: (await response.json()) as T };
  };
  return {
    ...gateway,
    folder,
    opened,
    get: (path) => call(path),
    post: (path, body, headers = {}) =>
      call(path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) }),
    async close() {
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
